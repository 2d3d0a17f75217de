"""Cells of comma-separated values, as a model's columns have them."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from apps.card import ROUNDS_FROM, Category, Column
from apps.doors import lines
from serving.errors import BadRequest

Read = Callable[[str], Any]


class Cells:
    """The columns of a model, ready for cells.

    Attributes:
        names: of the columns, in the model's order.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        """Take the columns; what finds their categories is made once, with the first CSV."""
        self._columns = columns
        self.names = [column.name for column in columns]

    @cached_property
    def _known(self) -> list[dict[Any, list[Category]]]:
        return [_by_spelling(column.categories) for column in self._columns]

    @cached_property
    def _readers(self) -> list[Read]:
        pairs = zip(self._columns, self._known, strict=True)
        return [_reader(column, known) for column, known in pairs]

    def values(self, cells: Sequence[str]) -> list[Any]:
        """Read a line; what is no value of its column stays text, for the type to refuse.

        Raises:
            BadRequest: a cell could be several categories.
        """
        return [read(cell) for read, cell in zip(self._readers, cells, strict=True)]

    def are_row(self, cells: Sequence[str]) -> bool:
        """Whether each may be a value of its column, as far as its text tells."""
        found = zip(self._columns, self.values(cells), self._known, strict=True)
        return not any(
            isinstance(value, str) and value not in known and not _takes_text(column)
            for column, value, known in found
        )


def _by_spelling(categories: Sequence[Category]) -> dict[Any, list[Category]]:
    """Find categories by what CSV may have for them: a text, or a number however it is written."""
    found: dict[Any, list[Category]] = {}
    for category in categories:
        for spelling in _spellings(category):
            found.setdefault(spelling, []).append(category)
    return found


def _spellings(category: Category) -> set[Any]:
    text = str(category)
    if isinstance(category, bool):
        return {category, text, text.lower(), text.upper()}  # those that pandas reads as booleans
    if isinstance(category, int) and abs(category) >= ROUNDS_FROM:
        return {text}
    return {category, text}


def _takes_text(column: Column) -> bool:
    """Whether any text is a value."""
    is_open = column.others and any(isinstance(one, str) for one in column.categories)
    return is_open or column.kind in ("text", "unused")


def _reader(column: Column, known: dict[Any, list[Category]]) -> Read:
    if column.kind == "categorical":
        read = _text if _takes_text(column) or not column.others else lines.number
        return lambda cell: _category(cell, column.name, known, read)
    if column.kind == "text":
        return _text
    return _bool if column.kind == "bool" else lines.number


def _bool(cell: str) -> Any:
    value = lines.truth(cell)
    return int(value) if value in (0, 1) and not isinstance(value, bool) else value


def _text(cell: str) -> str | None:
    """Read a text, None for a missing one."""
    return None if lines.number(cell) is None else cell


def _category(cell: str, name: str, known: dict[Any, list[Category]], other: Read) -> Any:
    number = lines.number(cell)
    same = list(dict.fromkeys([*known.get(cell, ()), *known.get(number, ())]))
    if len(same) > 1 or (same and number is None):
        rule = "could be several categories, or a missing one: send JSON"
        raise BadRequest(f"{name}: {cell!r} in CSV {rule}")
    if same or number is not None:
        return same[0] if same else other(cell)
    return None
