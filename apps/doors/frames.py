"""Rows of named columns in the forms that MLflow's server takes: a list of objects, or of lists."""

from typing import Any

from apps.doors import lines
from apps.doors.cells import Cells
from apps.doors.model import Csv
from apps.table import MAX_ROWS
from serving.errors import BadRequest

Rows = list[dict[str, Any]] | list[list[Any]]


def rows(form: str, value: Any, cells: Cells) -> Any:
    """Make rows of what a request holds; the request's type checks them afterwards.

    Raises:
        BadRequest: it is not of its form.
    """
    if form == "csv":
        return _of_csv(value, cells)
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


def _of_csv(given: Csv, cells: Cells) -> Rows:
    names = cells.names
    found = lines.read(given, len(names), MAX_ROWS + 1)  # a row may be a header
    if not found:
        raise BadRequest("the CSV has no rows")
    first, is_names = found[0], sorted(found[0]) == sorted(names)
    if not lines.is_header(given, first, is_names, lambda: cells.are_row(first)):
        return [cells.values(line) for line in found]
    if not is_names:
        raise BadRequest(f"the first line of the CSV: expected the names {', '.join(names)}")
    ordered = sorted(range(len(names)), key=lambda place: names.index(first[place]))
    return [cells.values([line[place] for place in ordered]) for line in found[1:]]
