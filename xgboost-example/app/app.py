"""Answers requests for prices: `POST {"input_X": [13 numbers]}`, or a list of such rows."""

from typing import Annotated, TypeGuard

import msgspec
from model import PATH, feature_count, load, predict, prediction_type
from msgspec import UNSET, Meta, UnsetType

from serving import BadRequest, api
from serving.model_file import model_file

FLOAT32_MAX = 3.4028234663852886e38  # XGBoost computes in float32; beyond it numbers are infinite
MAX_ROWS = 10_000

model = load(model_file(PATH))
FEATURE_COUNT = feature_count(model)
Prediction = prediction_type(model)
Feature = Annotated[float, Meta(ge=-FLOAT32_MAX, le=FLOAT32_MAX)]
Row = Annotated[list[Feature], Meta(min_length=FEATURE_COUNT, max_length=FEATURE_COUNT)]


# What the types do not say, and JSON Schema can: all are numbers, or all are rows.
ROW_OR_ROWS = {
    "oneOf": [
        {"items": {"type": "number"}, "minItems": FEATURE_COUNT, "maxItems": FEATURE_COUNT},
        {"items": {"type": "array"}},
    ]
}


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """One row of 13 numbers, or a list of up to 10,000 such rows."""

    input_X: Annotated[
        list[Feature | Row],
        Meta(min_length=1, max_length=MAX_ROWS, extra_json_schema=ROW_OR_ROWS),
    ]


class Answer(msgspec.Struct):
    """The price of the row, or the prices of the rows in their order, in $1000s."""

    message: str
    prediction: Prediction | UnsetType = UNSET  # type: ignore[valid-type]  # known at start
    predictions: list[Prediction] | UnsetType = UNSET  # type: ignore[valid-type]


@api(facts=model.about)
def handler(request: Request) -> Answer:
    """Predicts the median value of owner-occupied homes from 13 facts about their area."""
    message = "Succesful Prediction"  # spelt so: clients compare it
    if _is_batch(request.input_X):
        return Answer(message, predictions=predict(model, request.input_X))
    if _is_row(request.input_X):
        return Answer(message, prediction=predict(model, [request.input_X])[0])
    raise _mixed(request.input_X)


def _is_batch(items: list[float | list[float]]) -> TypeGuard[list[list[float]]]:
    return set(map(type, items)) == {list}


def _is_row(items: list[float | list[float]]) -> TypeGuard[list[float]]:
    if set(map(type, items)) != {float}:
        return False
    if len(items) != FEATURE_COUNT:
        raise BadRequest(f"input_X: a row has {FEATURE_COUNT} numbers, got {len(items)}")
    return True


def _mixed(items: list[float | list[float]]) -> BadRequest:
    """Name the first item that is a number among rows, or a row among numbers."""
    first = type(items[0])
    position = next(i for i, item in enumerate(items) if type(item) is not first)
    rule = "a number" if first is float else "a list"
    return BadRequest(f"input_X[{position}]: must be {rule}, like input_X[0]")
