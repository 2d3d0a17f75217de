"""Makes the card of a model of tabular data: what its file says, and what `columns.json` adds.

    python -m apps.build.card engines.xgboost:Booster model.ubj columns.json card.json

`columns.json` may be missing. It names what the file cannot say:

    {
      "columns": [
        {"name": "age", "unit": "years", "minimum": 0},
        {"name": "city", "categories": ["Paris", "Rome"]}
      ],
      "classes": ["stays", "leaves"],
      "description": "Whether a customer leaves within a month."
    }

Its columns are found by name where the model has names, else they are all there, in order.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from msgspec.json import encode

from apps.build.columns import Told, check_classes, merged
from apps.build.reading import decoded
from apps.card import Card, Column, Gives
from engines.errors import ModelError

# By what the engines call the objective; what is not here predicts numbers.
GIVES: dict[str, Gives] = {
    "binary:logistic": "chance",
    "binary:hinge": "code",
    "multi:softprob": "chances",
    "multi:softmax": "code",
    "binary": "chance",
    "multiclass": "chances",
    "multiclassova": "chances",
}


def make_card(engine: Any, told: Told) -> Card:
    """Join what an engine read from a model's file with what its user says.

    Raises:
        ModelError: they contradict each other, or something that a request needs is in neither.
    """
    gives = _gives(engine)
    return Card(
        columns=_of_numbers(merged(engine.columns, told)),
        gives=gives,
        classes=_classes(engine, gives, told),
        unit=told.unit,
        description=told.description,
    )


def read_told(path: str) -> Told:
    """Read a `columns.json`; where there is none, nothing is told.

    Raises:
        ModelError: it is not such a file; the message names the place.
    """
    if not os.path.exists(path):
        return Told()
    with open(path, "rb") as file:
        return decoded(file.read(), Told)


def _of_numbers(columns: list[Column]) -> list[Column]:
    """Make sure that a model of trees is not said to take text."""
    for column in columns:
        if column.kind == "text":
            raise ModelError(
                f"columns.json, or the model's signature, says that the column {column.name} is"
                " text; the model takes numbers"
            )
    return columns


def _gives(engine: Any) -> Gives:
    several = len(engine.outputs[0].shape) > 1
    gives = GIVES.get(engine.objective, "number")
    if gives in ("number", "chance") and several:  # a chance for each of several labels
        return "numbers"
    return gives


def _classes(engine: Any, gives: Gives, told: Told) -> list[Any]:
    if gives in ("number", "numbers"):
        if told.classes:
            raise ModelError(
                f"columns.json names classes, but the model predicts numbers ({engine.objective})"
            )
        return []
    if told.classes and len(told.classes) != engine.classes:
        raise ModelError(
            f"columns.json names {len(told.classes)} classes, the model has {engine.classes}"
        )
    check_classes(told.classes)
    return told.classes or list(range(engine.classes))


def main(arguments: Sequence[str]) -> None:
    """Write the card of a model, or say why there can be none."""
    engine_name, model, columns, card = arguments
    module, _, name = engine_name.partition(":")
    try:
        made = make_card(getattr(import_module(module), name)(model), read_told(columns))
    except ModelError as error:
        sys.exit(f"the model cannot be served: {error}")
    with open(card, "wb") as file:
        file.write(encode(made))


if __name__ == "__main__":
    main(sys.argv[1:])
