"""The price of a home in Boston in the 1970s: gradient-boosted trees that `train.py` made."""

import os
from collections.abc import Sequence
from itertools import chain
from struct import pack
from typing import TYPE_CHECKING, Any

import engine

from engines.tensor import Tensor, nested

if TYPE_CHECKING:
    from engines.engine import Engine


PATH = os.path.join(os.path.dirname(__file__), engine.FILE)


def load(path: str = PATH) -> "Engine":
    """Read the model and predict once, so that the first request finds everything warm."""
    model = engine.Engine(path)
    predict(model, [[0.0] * feature_count(model)])
    return model


def feature_count(model: "Engine") -> int:
    """How many numbers the model takes in a row; 13 here, those of the README."""
    _, columns = model.inputs[0].shape or ()
    return int(columns)


def prediction_type(model: "Engine") -> Any:
    """What a row gets: a number here, several from another model."""
    return float if len(model.outputs[0].shape or ()) == 1 else list[float]


def predict(model: "Engine", rows: Sequence[Sequence[float]]) -> list[Any]:
    """Predict the median value of owner-occupied homes, in $1000s.

    Args:
        model: what `load` returned.
        rows: shape (N, 13), finite, within float32; the columns of `boston.csv` but the last.

    Returns:
        shape (N,), in the rows' order; (N, k) for another model, of k numbers a row.
    """
    (taken,), (given,) = model.inputs, model.outputs
    shape = len(rows), feature_count(model)
    # struct.pack takes half the time that array("f", numbers) does.
    content = pack(f"{shape[0] * shape[1]}{taken.kind.code}", *chain.from_iterable(rows))
    (predictions,) = model.run([Tensor(shape, content)])
    values: list[Any] = nested(given.kind, predictions)
    return values
