"""What a model of tabular data says of itself, with what `columns.json` adds: `card.json`."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from msgspec.json import decode

# Below this each whole number is a float of its own; from here on one float stands for several.
ROUNDS_FROM = 2**53
Category = str | int | float | bool
Label = str | int | float | bool
# A number or several for a row; of classes the chance of the second, the chance of each, or a code.
Gives = Literal["number", "numbers", "chance", "chances", "code"]


class Column(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A column of the rows that a model takes.

    Attributes:
        name: as callers spell it.
        kind: what its values are.
        categories: of a categorical column, in the order of their codes.
        others: whether the model takes other categories too.
        required: whether a value may not be missing.
        unit: of its numbers.
        description: what it is.
        minimum: the least value that a caller may send.
        maximum: the greatest.
    """

    name: str
    kind: Literal["float", "int", "bool", "categorical", "text", "unused"] = "float"
    categories: list[Category] = []
    others: bool = False
    required: bool = False
    unit: str = ""
    description: str = ""
    minimum: float | None = None
    maximum: float | None = None


class Card(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A model of tabular data.

    Attributes:
        columns: of a row, in the model's order.
        gives: what the engine gives for a row.
        classes: the names of the classes, in the order of their codes; empty where there are none.
        unit: of a predicted number.
        description: what the model predicts, a sentence.
    """

    columns: list[Column]
    gives: Gives
    classes: list[Label] = []
    unit: str = ""
    description: str = ""


def text_columns(columns: Sequence[Column]) -> frozenset[int]:
    """List the positions of the columns of texts."""
    return frozenset(
        position
        for position, column in enumerate(columns)
        if column.kind == "text" or any(isinstance(one, str) for one in column.categories)
    )


def exact_columns(columns: Sequence[Column]) -> frozenset[int]:
    """List the positions of the columns whose categories are whole numbers that a float rounds."""
    return frozenset(
        position
        for position, column in enumerate(columns)
        if any(isinstance(one, int) and abs(one) >= ROUNDS_FROM for one in column.categories)
    )


def read_card(path: str) -> Card:
    """Read what a build wrote.

    Raises:
        msgspec.DecodeError: it is not a card.
    """
    with open(path, "rb") as file:
        return decode(file.read(), type=Card)
