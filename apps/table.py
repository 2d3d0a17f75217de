"""Rows of columns: the type that a request has, and the tensor that an engine takes."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from math import nan
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import astuple

from apps.card import Category, Column
from engines.tensor import Kind, Tensor, pack
from serving import BadRequest

MAX_ROWS = 10_000
SHOWN_CATEGORIES = 20  # in a message


class Table:
    """The columns of a model, ready for requests.

    Attributes:
        request_type: an object with the field `rows`, each an object by column, or a list.
    """

    def __init__(self, columns: Sequence[Column], kind: Kind) -> None:
        """Make the types.

        Args:
            columns: of a row, in the order of the model.
            kind: of the numbers that the engine takes.
        """
        self._width, self._kind = len(columns), kind
        self._categorical = {
            position: column
            for position, column in enumerate(columns)
            if column.kind == "categorical"
        }
        self._codes = {
            position: {None: None} | {name: code for code, name in enumerate(column.categories)}
            for position, column in self._categorical.items()
        }
        self.request_type = request_type(columns, kind)

    def tensor(self, rows: Sequence[Any]) -> Tensor:
        """Pack rows that the request's type has checked; a missing value becomes NaN.

        Raises:
            BadRequest: a category that the model does not know.
        """
        width = self._width
        values = list(chain.from_iterable(tuples(rows)))
        try:
            for position, codes in self._codes.items():
                values[position::width] = [codes[value] for value in values[position::width]]
        except KeyError as error:
            raise unknown_categories(self._categorical, tuples(rows)) from error
        if None in values:
            values = [nan if value is None else value for value in values]
        return Tensor((len(rows), width), pack(self._kind, values))


def tuples(rows: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Give each row that the request's type has checked as a value for each column."""
    return [row if type(row) is tuple else astuple(row) for row in rows]


def unknown_categories(
    columns: Mapping[int, Column], rows: Sequence[tuple[Any, ...]]
) -> BadRequest:
    """Name the values that are none of the categories of their column, by its position."""
    from serving.faults import MOST, joined

    return BadRequest(joined(list(islice(_unknown(columns, rows), MOST + 1))))


def _unknown(columns: Mapping[int, Column], rows: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    known = {position: {None, *column.categories} for position, column in columns.items()}
    for row, values in enumerate(rows):
        for position, column in columns.items():
            if values[position] not in known[position]:
                rule = _rule(column.categories, values[position])
                yield f"rows[{row}].{column.name}: {rule}"


def _rule(categories: Sequence[Category], value: Any) -> str:
    from apps.letters import hint

    names = ", ".join(map(str, categories[:SHOWN_CATEGORIES]))
    more = len(categories) - SHOWN_CATEGORIES
    others = f" and {more} more" if more > 0 else ""
    said = hint(value, categories)
    return f"must be one of {names}{others}, got {value!r}" + (f": {said}" if said else "")


def request_type(columns: Sequence[Column], kind: Kind) -> Any:
    """Make the type of a request for rows of these columns.

    Args:
        columns: of a row, in the order of the model.
        kind: of its numbers.
    """
    types = [_described(column, kind) for column in columns]
    fields = [f"f{position}" for position in range(len(columns))]  # names may be any text
    names = {field: column.name for field, column in zip(fields, columns, strict=True)}
    typed = list(zip(fields, types, strict=True))
    by_name = msgspec.defstruct(
        "Row", typed, forbid_unknown_fields=True, rename=names, namespace=_doc("A row, by column.")
    )
    row = by_name | tuple[tuple(types)]  # type: ignore[misc]  # types that are made at start
    rows = Annotated[list[row], Meta(min_length=1, max_length=MAX_ROWS)]  # type: ignore[valid-type]
    doc = _doc("Rows of columns: each an object by column, or a list in the columns' order.")
    return msgspec.defstruct("Request", [("rows", rows)], forbid_unknown_fields=True, namespace=doc)


def _doc(text: str) -> dict[str, Any]:
    return {"__doc__": text}


def _described(column: Column, kind: Kind) -> Any:
    type_ = _type(column, kind) if column.required else _type(column, kind) | None
    said = said_of(column.description, column.unit)
    return Annotated[type_, said] if said else type_


def said_of(description: str, unit: str) -> Meta | None:
    """Say what a number is and in which unit, also to programs; None where neither is known."""
    text = ", ".join(filter(None, [description, f"in {unit}" if unit else ""]))
    if not text:
        return None
    return Meta(description=text, extra_json_schema={"x-unit": unit} if unit else None)


def _type(column: Column, kind: Kind) -> Any:
    if column.kind == "bool":
        return bool | Literal[0, 1]
    if column.kind == "text":
        return str
    if column.kind == "unused":
        return str | float | bool
    if column.kind == "categorical":
        return _category_type(column)
    least = kind.minimum if column.minimum is None else column.minimum
    most = kind.maximum if column.maximum is None else column.maximum
    whole = 1 if column.kind == "int" else None
    return Annotated[float, Meta(ge=least, le=most, multiple_of=whole)]


def _category_type(column: Column) -> Any:
    either: Any = None
    for type_ in dict.fromkeys(map(type, column.categories)):
        either = type_ if either is None else either | type_
    word = "examples" if column.others else "enum"
    said = {word: column.categories}
    return Annotated[either, Meta(title=column.name, extra_json_schema=said)]
