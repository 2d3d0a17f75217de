"""Text of comma-separated values: read as pandas reads it, written as SageMaker's containers do.

MLflow's server reads the first line as names, always, by `pandas.read_csv`; SageMaker's callers
send none: "Amazon SageMaker AI requires that a CSV file does not have a header record". Here the
first line is one of names if the request says `header=present`, or if it has the model's names.
What could be both is refused.

Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/cdf-training.html and cdf-inference.html,
https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html, na_values.
"""

import csv
import re
from collections.abc import Callable, Sequence
from io import StringIO
from typing import Any

from apps.doors.model import Csv
from serving.errors import BadRequest

# What pandas reads as a missing value.
MISSING = {
    *("", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN"),
    *("<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null"),
}
# What JSON or pandas reads as a number. As an int, -0 would lose its sign, and the interpreter
# makes none of thousands of digits.
NUMBER = re.compile(
    r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?|[+-]?inf(?:inity)?", re.IGNORECASE
)
SPACES = " \t\r\n\v\f"
WHOLE = re.compile(r"(?!-0+$)[+-]?[0-9]{1,40}")
SAY = "say which in the Content-Type: text/csv; header=present or header=absent"


def read(given: Csv, width: int, most: int | None = None) -> list[list[str]]:
    """Read lines of as many values; a blank line is none, as in pandas.

    Args:
        given: the body.
        width: the values of a line.
        most: lines that are taken; None for any number.

    Raises:
        BadRequest: a line has another number, or its quotes do not close, or there are too many.
    """
    reader = csv.reader(StringIO(given.text, newline=""), strict=True)
    found: list[list[str]] = []
    try:
        for cells in reader:
            if cells and len(cells) != width:
                rule = f"expected {width} values, one for each column, got {len(cells)}"
                raise BadRequest(f"line {reader.line_num} of the CSV: {rule}")
            if cells and len(found) == most:
                raise BadRequest(
                    f"line {reader.line_num} of the CSV: expected at most {most} lines"
                )
            if cells:
                found.append(cells)
    except csv.Error as error:
        raise BadRequest(f"line {reader.line_num} of the CSV: {error}") from error
    return found


def number(cell: str) -> Any:
    """Read a number, None for a missing one; what is none stays text, for the types to refuse."""
    text = cell.strip(SPACES)
    if text in MISSING:
        return None
    if WHOLE.fullmatch(text):
        return int(text)
    return float(text) if NUMBER.fullmatch(text) else cell


def truth(cell: str) -> Any:
    """Read true or false, however it is capitalised; else as `number` does."""
    text = cell.strip(SPACES).lower()
    return text == "true" if text in ("true", "false") else number(cell)


def written(predictions: Any) -> str:
    """Write a line for each prediction, without a header.

    Source: https://github.com/aws/sagemaker-inference-toolkit, encoder.py

    Raises:
        BadRequest: they are no rows of values.
    """
    rows = [one if isinstance(one, list) else [one] for one in predictions]
    cells = [cell for row in rows for cell in row]
    if isinstance(predictions, dict) or any(isinstance(cell, list | dict) for cell in cells):
        raise BadRequest("the predictions have more dimensions than CSV: ask for application/json")
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def is_header(given: Csv, cells: Sequence[str], is_names: bool, is_row: Callable[[], bool]) -> bool:
    """Whether the first line is one of names.

    Args:
        given: the body.
        cells: its first line.
        is_names: whether they may be names.
        is_row: tells whether they may be values; not asked where the request says.

    Raises:
        BadRequest: it could be both, and the request does not say.
    """
    if given.has_header is not None:
        return given.has_header
    if is_names and is_row():
        line = ",".join(cells)
        raise BadRequest(f"the first line of the CSV, {line}, could be names or a row: {SAY}")
    return is_names
