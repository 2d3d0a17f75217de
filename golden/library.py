"""What a library's own package says of a model, in the words of every engine."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from golden.rows import Column


class Answers(NamedTuple):
    """What the package predicts for rows.

    Attributes:
        predictions: for each row a number, several, or the code of its class.
        chances: for each row those of the classes; None where the package tells none.
    """

    predictions: list[Any]
    chances: list[list[float]] | None = None


class Library(Protocol):
    """A model that its library's own package has loaded."""

    def numbers(self, position: int) -> list[float]:
        """List the numbers at which the model may turn, for a column by its position."""
        ...

    def predict(self, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> Answers:
        """Predict rows of these columns, None where a value is missing."""
        ...
