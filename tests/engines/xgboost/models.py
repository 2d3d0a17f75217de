"""XGBoost's models of every kind, trained in milliseconds."""

from typing import Any

import numpy as np
import xgboost
from numpy.typing import NDArray

from ..tables import TRAINING_ROWS, classes, rows, signal

ROUNDS = 6
TRAINING = rows(TRAINING_ROWS, missing=True)
SIGNAL = signal(TRAINING)
COUNTS = np.floor(SIGNAL * 9)
GROUPS = np.repeat(np.arange(TRAINING_ROWS // 10), 10)
SEVERAL = np.column_stack([SIGNAL, 1 - SIGNAL, SIGNAL * 3])
# By objective: what it is trained on.
LABELS: dict[str, NDArray[Any]] = {
    **dict.fromkeys(("binary:logistic", "binary:logitraw", "binary:hinge"), SIGNAL > 0.5),
    **dict.fromkeys(("multi:softmax", "multi:softprob"), classes(TRAINING, 3)),
    **dict.fromkeys(("rank:ndcg", "rank:pairwise"), classes(TRAINING, 4)),
    "rank:map": SIGNAL > 0.5,
    **dict.fromkeys(("count:poisson", "reg:tweedie"), COUNTS),
    **dict.fromkeys(("reg:gamma", "survival:aft", "survival:cox"), COUNTS + 1),
}
PARAMETERS: dict[str, dict[str, Any]] = {
    "multi:softmax": {"num_class": 3},
    "multi:softprob": {"num_class": 3},
    "reg:quantileerror": {"quantile_alpha": 0.7},
}
OBJECTIVES = [
    *(
        "reg:linear",
        "reg:squarederror",
        "reg:squaredlogerror",
        "reg:logistic",
        "reg:pseudohubererror",
    ),
    *("reg:absoluteerror", "reg:quantileerror"),
    *LABELS,
]
BOOSTERS: dict[str, dict[str, Any]] = {
    "gbtree": {"max_depth": 3},
    "forest": {"max_depth": 3, "num_parallel_tree": 3, "subsample": 0.7},
    "dart": {"max_depth": 3, "booster": "dart", "rate_drop": 0.4},
    "gblinear": {"booster": "gblinear", "updater": "coord_descent"},
}
# Several numbers a row, beyond the classes: what they are trained on, and how.
WIDE: dict[str, tuple[NDArray[Any], dict[str, Any]]] = {
    "targets": (SEVERAL, {"objective": "reg:squarederror"}),
    "targets of one tree": (SEVERAL, {"multi_strategy": "multi_output_tree"}),
    "targets by dart": (SEVERAL, {"booster": "dart", "rate_drop": 0.4}),
    "targets by lines": (SEVERAL, {"booster": "gblinear", "updater": "coord_descent"}),
    "labels": (SEVERAL > 0.5, {"objective": "binary:logistic"}),
    "quantiles": (SIGNAL, {"objective": "reg:quantileerror", "quantile_alpha": [0.1, 0.5, 0.9]}),
}


def train(labels: NDArray[Any], **parameters: Any) -> xgboost.Booster:
    """A booster of a few trees."""
    matrix = xgboost.DMatrix(TRAINING, labels)
    objective = parameters.get("objective", "")
    if objective.startswith("rank:"):
        matrix.set_info(qid=GROUPS)
    if objective == "survival:aft":
        matrix.set_info(label_lower_bound=labels, label_upper_bound=labels + 2)
    return xgboost.train({"nthread": 1, **parameters}, matrix, ROUNDS)


def of_objective(objective: str, booster: str = "gbtree") -> xgboost.Booster:
    """A model of an objective, by a booster of `BOOSTERS`."""
    labels = LABELS.get(objective, SIGNAL)
    parameters = {**BOOSTERS[booster], **PARAMETERS.get(objective, {}), "objective": objective}
    return train(labels, **parameters)


def predicted(booster: xgboost.Booster, table: NDArray[Any], rounds: int = 0) -> NDArray[Any]:
    """What XGBoost's package predicts, in the way that its scikit-learn interface does."""
    try:
        answer: NDArray[Any] = booster.inplace_predict(table, iteration_range=(0, rounds))
    except xgboost.core.XGBoostError:  # of lines
        answer = booster.predict(xgboost.DMatrix(table))
    return answer
