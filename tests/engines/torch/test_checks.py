"""Tensors that do not fit a network are refused before it reads them."""

from array import array
from math import prod

import pytest

from engines.errors import RunError
from engines.tensor import KINDS, Port, Tensor
from engines.torch.checks import check

LETTERS = KINDS[7]._replace(minimum=0, maximum=49)
PORTS = [
    Port("letters", LETTERS, ("batch", "length")),
    Port("mask", KINDS[9], ("batch", "length")),
    Port("image", KINDS[1], ("batch", 3, 2)),
]
SIZES = {"batch": (1, 4), "length": (2, 8)}


def letters(shape: tuple[int, ...], *numbers: int) -> Tensor:
    """Whole numbers of 64 bits; zeros where none are given."""
    return Tensor(shape, array("q", numbers or [0] * prod(shape)).tobytes())


def mask(*shape: int) -> Tensor:
    """A mask that is false."""
    return Tensor(shape, bytes(prod(shape)))


def image(*shape: int) -> Tensor:
    """Zeros."""
    return Tensor(shape, bytes(4 * prod(shape)))


@pytest.mark.parametrize("batch", [1, 4])
@pytest.mark.parametrize("length", [2, 8])
def test_sizes_within_their_bounds_are_taken(batch: int, length: int) -> None:
    check(PORTS, SIZES, [letters((batch, length)), mask(batch, length), image(batch, 3, 2)])


def test_the_least_and_the_largest_number_are_taken() -> None:
    check(PORTS, SIZES, [letters((1, 2), 0, 49), mask(1, 2), image(1, 3, 2)])


GOOD = (letters((2, 3)), mask(2, 3), image(2, 3, 2))
BAD = {
    "one too few": (GOOD[:2], r"takes 3 tensors \(letters, mask, image\), got 2"),
    "one too many": ((*GOOD, mask(2, 3)), "got 4"),
    "too large": (
        (letters((5, 3)), mask(5, 3), image(5, 3, 2)),
        "letters: batch must be 1 to 4, got 5 in dimension 0",
    ),
    "none": ((letters((0, 3)), mask(0, 3), image(0, 3, 2)), "batch must be 1 to 4, got 0"),
    "too small": ((letters((2, 1)), mask(2, 1), image(2, 3, 2)), "length must be 2 to 8, got 1"),
    "not shared": (
        (GOOD[0], mask(2, 4), GOOD[2]),
        "mask: length must be 3, as it is in letters, got 4 in dimension 1",
    ),
    "a batch of its own": ((*GOOD[:2], image(3, 3, 2)), "image: batch must be 2, as it is in"),
    "another fixed size": (
        (*GOOD[:2], image(2, 2, 3)),
        r"image must be float32 of shape \[batch, 3, 2\], got the shape \[2, 2, 3\]",
    ),
    "another rank": ((*GOOD[:2], image(12)), r"got the shape \[12\]"),
    "no rank": ((Tensor((), bytes(8)), *GOOD[1:]), r"got the shape \[\]"),
    "a negative size": ((letters((-2, -3), *range(6)), *GOOD[1:]), "batch must be 1 to 4, got -2"),
    "too few bytes": (
        (Tensor((2, 3), bytes(47)), *GOOD[1:]),
        r"letters must have 48 bytes, int64 of shape \[2, 3\], got 47",
    ),
    "another type": ((Tensor((2, 3), bytes(24)), *GOOD[1:]), "letters must have 48 bytes"),
    "text": ((Tensor((2, 3), ["a"] * 6), *GOOD[1:]), "letters must have 48 bytes.* got list"),
    "beyond the table": (
        (letters((2, 3), 0, 1, 2, 3, 4, 50), *GOOD[1:]),
        "letters must be 0 to 49, got 0 to 50",
    ),
    "before the table": ((letters((2, 3), *range(5), -1), *GOOD[1:]), "got -1 to 4"),
    "neither true nor false": (
        (GOOD[0], Tensor((2, 3), b"\0\1\2\0\1\0"), GOOD[2]),
        "mask: a byte of a bool must be 0 or 1",
    ),
}


@pytest.mark.parametrize(("tensors", "message"), BAD.values(), ids=BAD)
def test_what_does_not_fit_is_refused_with_the_rule(
    tensors: tuple[Tensor, ...], message: str
) -> None:
    with pytest.raises(RunError, match=message):
        check(PORTS, SIZES, tensors)


@pytest.mark.parametrize(("tensors", "message"), [BAD["too few bytes"], BAD["not shared"]])
def test_good_tensors_are_taken_after_bad_ones(tensors: tuple[Tensor, ...], message: str) -> None:
    with pytest.raises(RunError):
        check(PORTS, SIZES, tensors)
    check(PORTS, SIZES, GOOD)
