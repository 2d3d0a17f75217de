"""What a column of tabular data is; imported when a model is asked for its columns."""

from typing import Literal, NamedTuple

Category = str | int | float | bool
ColumnKind = Literal["float", "int", "bool", "categorical", "text", "unused"]


class Column(NamedTuple):
    """A column of the rows that a model takes, as the model says."""

    name: str  # empty where the model has none
    kind: ColumnKind
    # What the codes 0, 1, … of a categorical column stand for; None where the model does not say.
    categories: tuple[Category, ...] | None = None
    # Whether the model also takes categories that it has not seen.
    others: bool = False
