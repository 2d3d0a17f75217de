"""Elements that struct does not know, against ml_dtypes, which has them for numpy."""

import struct
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import numpy_helper

from engines.tensor import KINDS, Kind, Tensor, nested, pack

NARROW = [kind for kind in KINDS.values() if kind.bits]
FLOATS = [kind for kind in NARROW if kind.python is float]


def dtype(kind: Kind) -> np.dtype[Any]:
    type_: np.dtype[Any] = np.dtype(getattr(ml_dtypes, kind.name))
    return type_


def codes(kind: Kind) -> NDArray[Any]:
    """Every value of a kind."""
    wide = np.uint16 if kind.bits > 8 else np.uint8
    array: NDArray[Any] = np.array([*range(2**kind.bits)], wide).view(dtype(kind))
    return array


def numbers_of(kind: Kind) -> NDArray[np.float64]:
    """Every value of a kind, as Python has it."""
    with np.errstate(invalid="ignore"):
        return codes(kind).astype(float)


def raw(array: NDArray[Any]) -> bytes:
    """What onnx keeps of an array."""
    content: bytes = numpy_helper.from_array(array).raw_data
    return content


@pytest.mark.parametrize("kind", NARROW, ids=[kind.name for kind in NARROW])
def test_each_code_is_the_number_that_ml_dtypes_makes_of_it(kind: Kind) -> None:
    array = codes(kind)
    numbers = nested(kind, Tensor(array.shape, raw(array)))
    np.testing.assert_array_equal(np.array(numbers, float), numbers_of(kind))


@pytest.mark.parametrize("kind", NARROW, ids=[kind.name for kind in NARROW])
@pytest.mark.parametrize("count", range(6))
def test_numbers_become_the_bytes_that_onnx_keeps(kind: Kind, count: int) -> None:
    array = np.array([1, 0, 1, 1, 0, 1][:count]).astype(dtype(kind))
    numbers = array.astype(float if kind.python is float else int).tolist()
    assert pack(kind, numbers) == raw(array)
    assert len(raw(array)) == kind.bytes_of(count)


@pytest.mark.parametrize("kind", NARROW, ids=[kind.name for kind in NARROW])
def test_what_a_kind_holds_is_what_ml_dtypes_says(kind: Kind) -> None:
    type_ = dtype(kind)
    said: Any = ml_dtypes
    limits = said.finfo(type_) if kind in FLOATS else said.iinfo(type_)
    assert (float(limits.min), float(limits.max)) == (kind.minimum, kind.maximum)


@given(st.sampled_from(FLOATS), st.data())
def test_a_number_is_rounded_as_ml_dtypes_rounds_it(kind: Kind, data: st.DataObject) -> None:
    number = data.draw(st.floats(kind.minimum, kind.maximum))
    if kind.bits == 16:  # which ml_dtypes rounds twice, by way of float32
        number = float(np.float32(number))
    assert pack(kind, [number]) == raw(np.array([number]).astype(dtype(kind)))


@pytest.mark.parametrize("kind", FLOATS, ids=[kind.name for kind in FLOATS])
def test_what_lies_in_the_middle_goes_to_the_even_neighbour(kind: Kind) -> None:
    values = np.unique(numbers_of(kind))
    values = values[np.isfinite(values)] if kind.bits < 16 else np.linspace(1, 2, 129)
    middles = (values[1:] + values[:-1]) / 2
    assert pack(kind, middles.tolist()) == raw(middles.astype(dtype(kind)))


def test_bfloat16_is_rounded_once() -> None:
    (kind,) = (kind for kind in FLOATS if kind.name == "bfloat16")
    above = 1 + 2**-8 + 2**-40  # a float32 has it in the middle of 1 and the next bfloat16
    assert nested(kind, Tensor((3,), pack(kind, [above, 1 + 2**-8, -above]))) == [
        *(1 + 2**-7, 1.0, -1 - 2**-7)
    ]


@pytest.mark.parametrize("kind", FLOATS, ids=[kind.name for kind in FLOATS])
def test_a_missing_value_is_nan(kind: Kind) -> None:
    content = pack(kind, [1.0, None])
    one, missing = np.frombuffer(content, dtype(kind)).astype(float)
    assert one == 1 and np.isnan(missing)
    assert np.isnan(nested(kind, Tensor((2,), content))[1])


@pytest.mark.parametrize("kind", NARROW, ids=[kind.name for kind in NARROW])
def test_what_a_kind_does_not_hold_is_refused(kind: Kind) -> None:
    for beyond in (kind.minimum or 0) - 1, (kind.maximum or 0) * 2:
        with pytest.raises(struct.error, match=f"^{kind.name} holds "):
            pack(kind, [0, beyond if kind.name != "bfloat16" else beyond * 2])
