"""Makes the card of an estimator of scikit-learn: what its file says, and what `columns.json` adds.

    python -m apps.build.estimator model.skops columns.json card.json types.json

Runs where pandas is: which columns may have missing values is found by asking the estimator.
"""

import sys
from collections.abc import Sequence
from typing import Any

from msgspec.json import encode
from msgspec.structs import replace

from apps.build.card import read_told
from apps.build.columns import Told, check_classes, merged
from apps.card import Card, Column, Gives, exact_columns, text_columns
from engines.errors import ModelError, RunError
from engines.sklearn.build.audit import audit
from engines.sklearn.build.columns import columns_of
from engines.sklearn.estimator import Estimator, Predicted


def make_card(estimator: Estimator, told: Told) -> Card:
    """Join what an estimator's file says with what its user says.

    Raises:
        ModelError: they contradict each other, or the estimator predicts none of the rows that
            they describe.
    """
    columns = merged(columns_of(estimator.fitted), told)
    gives = _gives(estimator, columns)
    columns = [
        replace(column, required=_refuses_missing(estimator, columns, position))
        for position, column in enumerate(columns)
    ]
    classes = _classes(estimator, told)
    return Card(columns, gives, classes, told.unit, told.description)


def _gives(estimator: Estimator, columns: Sequence[Column]) -> Gives:
    try:
        (value,), chances = _predict(estimator, columns, _row(columns))
    except (AttributeError, KeyError, RunError) as error:
        raise ModelError(
            f"it predicts no row such as {_row(columns)}: {error}. If a column is of text, or of"
            " categories that no encoder in it lists: columns.json names it, with its kind, text or"
            " categorical"
        ) from error
    except TypeError as error:
        raise ModelError("it predicts several classes for each row, which is not taken") from error
    if estimator.labels:
        return "code" if chances is None else "chances"
    return "numbers" if isinstance(value, list) else "number"


def _refuses_missing(estimator: Estimator, columns: Sequence[Column], position: int) -> bool:
    row = _row(columns)
    row[position] = None
    try:
        _predict(estimator, columns, row)
    except (AttributeError, RunError):
        return True
    return False


def _predict(estimator: Estimator, columns: Sequence[Column], row: list[Any]) -> Predicted:
    return estimator.predict([row], text_columns(columns), exact_columns(columns))


def _row(columns: Sequence[Column]) -> list[Any]:
    """A row that is as unremarkable as can be."""
    return [_value(column) for column in columns]


def _value(column: Column) -> Any:
    if column.kind == "categorical":
        return column.categories[0]
    if column.kind == "text":
        return "text"
    if column.kind == "unused":
        return None
    if column.kind == "bool":
        return True
    least = 1.0 if column.minimum is None else column.minimum
    return least if column.maximum is None else min(least, column.maximum)


def _classes(estimator: Estimator, told: Told) -> list[Any]:
    labels = [label.item() if hasattr(label, "item") else label for label in estimator.labels]
    if told.classes and len(told.classes) != len(labels):
        raise ModelError(
            f"columns.json names {len(told.classes)} classes, the model has {len(labels)}"
        )
    check_classes(told.classes or labels)
    return told.classes or labels


def main(arguments: Sequence[str]) -> None:
    """Write the card of an estimator and the types in its file, or say why there can be none."""
    model, columns, card, types = arguments
    try:
        told = read_told(columns)
        found = audit(model, told.trusted)
        made = make_card(Estimator(model, found, frames=True), told)
    except ModelError as error:
        sys.exit(f"the model cannot be served: {error}")
    for path, value in ((card, made), (types, found)):
        with open(path, "wb") as file:
            file.write(encode(value))


if __name__ == "__main__":
    main(sys.argv[1:])
