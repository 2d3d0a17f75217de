"""What the integers of a quantised tensor stand for, as some engines tell."""

from typing import Protocol


class Quantisation(Protocol):
    """An integer stands for scale * (integer - zero_point)."""

    @property
    def scale(self) -> float:
        """Of one step."""

    @property
    def zero_point(self) -> int:
        """What stands for 0."""
