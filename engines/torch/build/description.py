"""A network as its builder describes it: what it takes, what it gives, what is open."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Generator, Tensor, nn

FLOATS = (torch.float16, torch.float32, torch.float64)
BYTE = 1  # the size of types all of whose values may be drawn without asking


class DescriptionError(Exception):
    """The description does not fit the network, or not itself; the message says what would."""


@dataclass(frozen=True)
class Input:
    """An argument of the network's `forward`.

    Attributes:
        dtype: of its elements.
        shape: a number for each size, and a name for each that is open.
        values: the least and the largest that it may have. Whole numbers of more than 8 bits must
            have them, since the compiled network, unlike the eager one, does not survive a number
            beyond its table: `run` refuses others. Of floating-point numbers they only say what
            the build draws; without them it draws from the normal distribution.
        draw: makes an input of a shape to compare with, where random elements would not be one,
            such as a mask that must leave something.
    """

    dtype: torch.dtype
    shape: tuple[int | str, ...]
    values: tuple[float, float] | None = None
    draw: Callable[[tuple[int, ...], Generator], Tensor] | None = None

    def random(self, sizes: Mapping[str, int], generator: Generator) -> Tensor:
        """An input of these sizes."""
        shape = tuple(sizes[size] if isinstance(size, str) else size for size in self.shape)
        if self.draw:
            return self.draw(shape, generator)
        if self.dtype in FLOATS and not self.values:
            return torch.randn(shape, generator=generator).to(self.dtype)
        least, largest = self.values or self._all_values()
        if self.dtype in FLOATS:
            return torch.empty(shape).uniform_(least, largest, generator=generator).to(self.dtype)
        whole = torch.randint(int(least), int(largest) + 1, shape, generator=generator)
        return whole.to(self.dtype)

    def _all_values(self) -> tuple[int, int]:
        if self.dtype is torch.bool:
            return 0, 1
        limits = torch.iinfo(self.dtype)
        return limits.min, limits.max


@dataclass(frozen=True)
class Described:
    """A network, and all that is to be known to compile it.

    Attributes:
        network: in evaluation mode, with its weights.
        inputs: by name, in the order of the arguments of `forward`.
        outputs: their names, in the order in which `forward` returns them, alone, in a tuple or in
            a dictionary.
        open_sizes: the least and the largest of each size that is open, by its name.
        samples: inputs that the compiled network is compared with, beside random ones.
        rtol, atol: how far a floating-point output may be off, as `torch.testing.assert_close` has
            them; by default what suits its type. Other outputs must be equal.
        card: what the app has to know, such as labels: written to card.json.
    """

    network: nn.Module
    inputs: Mapping[str, Input]
    outputs: Sequence[str]
    open_sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    samples: Iterable[Sequence[Tensor]] = ()
    rtol: float | None = None
    atol: float | None = None
    card: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            DescriptionError: the message says what is wrong.
        """
        if any(module.training for module in self.network.modules()):
            raise DescriptionError("the network is in training mode: call its eval()")
        for name, given in self.inputs.items():
            _check_values(name, given)
        used = {s for given in self.inputs.values() for s in given.shape if isinstance(s, str)}
        if used != set(self.open_sizes):
            names = ", ".join(sorted(used ^ set(self.open_sizes)))
            raise DescriptionError(f"open_sizes and the inputs' shapes differ in {names}")
        for name, (least, largest) in self.open_sizes.items():
            if not 0 <= least < largest or largest < 2:
                rule = "must be the least, 0 or more, and the largest, 2 or more and above it"
                raise DescriptionError(f"open_sizes: {name} {rule}, got {least} and {largest}")


def _check_values(name: str, given: Input) -> None:
    has_table = given.dtype not in FLOATS and given.dtype.itemsize > BYTE
    if has_table and given.values is None:
        raise DescriptionError(
            f"inputs: {name} is {given.dtype}: say which values it may have, values=(0, 30521)"
        )
    if given.values and given.values[0] > given.values[1]:
        raise DescriptionError(f"inputs: {name}: the first of values must be the least")
