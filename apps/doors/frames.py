"""Rows of named columns in the forms that MLflow's server takes: a list of objects, or of lists."""

from collections.abc import Sequence
from typing import Any

from apps.card import Column
from apps.doors import lines
from apps.doors.model import Csv
from serving.errors import BadRequest

Rows = list[dict[str, Any]] | list[list[Any]]


def rows(form: str, value: Any, columns: Sequence[Column]) -> Any:
    """Make rows of what a request holds; the request's type checks them afterwards.

    Raises:
        BadRequest: it is not of its form.
    """
    if form == "csv":
        return _of_csv(value, columns)
    if form == "dataframe_split":
        return _of_split(value)
    if form == "inputs" and isinstance(value, dict):
        return _of_columns(value)
    if not isinstance(value, list):
        raise BadRequest(f"{form}: expected a list of rows, got {type(value).__name__}")
    if form == "dataframe_records" and not all(isinstance(row, dict) for row in value):
        raise BadRequest(f"{form}: expected a list of objects, each a row by column")
    return value


def _of_split(value: Any) -> list[dict[str, Any]]:
    """Rows of pandas' orient `split`; its index says nothing to a model.

    MLflow takes a frame without columns only where the model has no names either.
    """
    if not isinstance(value, dict) or not {"columns", "data"} <= value.keys():
        raise BadRequest("dataframe_split: expected an object with columns and data")
    if more := sorted(value.keys() - {"columns", "data", "index"}):
        raise BadRequest(f"dataframe_split: {more[0]} is not one of columns, data and index")
    names, data = value["columns"], value["data"]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadRequest("dataframe_split.columns: expected a list of names")
    if len(set(names)) < len(names):
        raise BadRequest("dataframe_split.columns: a name is there twice")
    if not isinstance(data, list):
        raise BadRequest("dataframe_split.data: expected a list of rows")
    for position, row in enumerate(data):
        if not isinstance(row, list) or len(row) != len(names):
            raise BadRequest(f"dataframe_split.data[{position}]: expected {len(names)} values")
    return [dict(zip(names, row, strict=True)) for row in data]


def _of_columns(value: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of columns by name, each a list of as many values."""
    sizes = {name: len(column) for name, column in value.items() if isinstance(column, list)}
    if len(sizes) < len(value) or len(set(sizes.values())) > 1:
        raise BadRequest("inputs: expected a list of values for each column, all of one length")
    return [dict(zip(value, row, strict=True)) for row in zip(*value.values(), strict=True)]


def _of_csv(given: Csv, columns: Sequence[Column]) -> Rows:
    found = lines.read(given, len(columns))
    if not found:
        raise BadRequest("the CSV has no rows")
    names = [column.name for column in columns]
    typed = [_values(found[0], columns)]
    is_row = not any(map(_is_text, typed[0], columns))
    if not lines.is_header(given, found[0], sorted(found[0]) == sorted(names), is_row):
        return typed + [_values(cells, columns) for cells in found[1:]]
    if sorted(found[0]) != sorted(names):
        raise BadRequest(f"the first line of the CSV: expected the names {', '.join(names)}")
    ordered = sorted(range(len(names)), key=lambda place: names.index(found[0][place]))
    return [_values([cells[place] for place in ordered], columns) for cells in found[1:]]


def _is_text(value: Any, column: Column) -> bool:
    """Whether it is no value of its column, as far as a cell's text tells."""
    return isinstance(value, str) and value not in column.categories


def _values(cells: Sequence[str], columns: Sequence[Column]) -> list[Any]:
    return [_value(cell, column) for cell, column in zip(cells, columns, strict=True)]


def _value(cell: str, column: Column) -> Any:
    """Read a cell as its column has it; any other stays text, for the type to refuse."""
    if column.kind == "categorical":
        return _category(cell, column)
    if column.kind == "bool" and cell.strip().lower() in ("true", "false"):
        return cell.strip().lower() == "true"
    value = lines.number(cell)
    return int(value) if column.kind == "bool" and value in (0, 1) else value


def _category(cell: str, column: Column) -> Any:
    number = lines.number(cell)
    same = [
        category
        for category in column.categories
        if str(category) == cell or (not isinstance(category, str) and category == number)
    ]
    if len(same) > 1 or (same and number is None):
        rule = "could be several categories, or a missing one: send JSON"
        raise BadRequest(f"{column.name}: {cell!r} in CSV {rule}")
    if same or number is not None:
        return same[0] if same else cell
    return None
