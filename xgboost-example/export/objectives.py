"""What each objective of XGBoost makes of the sum of the trees, in ONNX's operators.

The sum starts with the base score, which the model has as a prediction: `START` is the way back.
Source: https://github.com/dmlc/xgboost, src/objective, ProbToMargin and PredTransform.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto, helper

Floats = NDArray[np.float64]
Finish = Callable[[str, str], list[NodeProto]]  # from the name of the sum to that of the result

SAME = (
    *("reg:squarederror", "reg:squaredlogerror", "reg:pseudohubererror", "reg:absoluteerror"),
    *("reg:quantileerror", "rank:ndcg", "rank:pairwise", "rank:map"),
    *("binary:hinge", "binary:logitraw", "multi:softmax", "multi:softprob"),
)
LOGISTIC = "binary:logistic", "reg:logistic"
EXPONENTIAL = "count:poisson", "reg:gamma", "reg:tweedie", "survival:cox", "survival:aft"
START: dict[str, Callable[[Floats], Floats]] = {
    **dict.fromkeys(SAME, lambda score: score),
    **dict.fromkeys(LOGISTIC, lambda score: np.log(score / (1 - score))),
    **dict.fromkeys(EXPONENTIAL, np.log),
}


def _operator(name: str, **attributes: Any) -> Finish:
    return lambda total, result: [helper.make_node(name, [total], [result], **attributes)]


def _above_zero(total: str, result: str) -> list[NodeProto]:
    return [
        helper.make_node("Constant", [], ["zero"], value_float=0.0),
        helper.make_node("Greater", [total, "zero"], ["above"]),
        helper.make_node("Cast", ["above"], [result], to=TensorProto.FLOAT),
    ]


def _largest(total: str, result: str) -> list[NodeProto]:
    return [
        helper.make_node("ArgMax", [total], ["class"], axis=1, keepdims=1),
        helper.make_node("Cast", ["class"], [result], to=TensorProto.FLOAT),
    ]


FINISH: dict[str, Finish] = {
    **dict.fromkeys(LOGISTIC, _operator("Sigmoid")),
    **dict.fromkeys(EXPONENTIAL, _operator("Exp")),
    "multi:softprob": _operator("Softmax", axis=1),
    "multi:softmax": _largest,
    "binary:hinge": _above_zero,
}


def start(objective: str, base_score: Sequence[float], width: int) -> Floats:
    """What the sum begins with, for each of the `width` numbers of a row."""
    scores = np.array(base_score, np.float64)
    return np.broadcast_to(START[objective](scores), width)


def finish(objective: str, total: str, result: str) -> list[NodeProto]:
    """The nodes that make the predictions of the sums, shape (N, numbers of a row)."""
    return FINISH.get(objective, _operator("Identity"))(total, result)
