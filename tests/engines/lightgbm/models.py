"""LightGBM's models of every kind, trained in milliseconds."""

from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from ..tables import TRAINING_ROWS, classes, rows, signal

ROUNDS = 6
TRAINING = rows(TRAINING_ROWS, missing=True).astype(np.float64)
SIGNAL = signal(rows(TRAINING_ROWS, missing=True))
COUNTS = np.floor(SIGNAL * 9)
SEVERAL_CLASSES = classes(rows(TRAINING_ROWS, missing=True), 3)
# By objective: what it is trained on. Source: LightGBM's documentation, Parameters, objective.
LABELS: dict[str, NDArray[Any]] = {
    **dict.fromkeys(("regression", "regression_l1", "huber", "fair", "quantile"), SIGNAL),
    **dict.fromkeys(("mape", "gamma"), COUNTS + 1),
    **dict.fromkeys(("poisson", "tweedie"), COUNTS),
    "binary": SIGNAL > 0.5,
    **dict.fromkeys(("multiclass", "multiclassova"), SEVERAL_CLASSES),
    **dict.fromkeys(("cross_entropy", "cross_entropy_lambda"), SIGNAL),
    **dict.fromkeys(("lambdarank", "rank_xendcg"), SEVERAL_CLASSES),
}
BOOSTINGS: dict[str, dict[str, Any]] = {
    "gbdt": {},
    "dart": {"boosting": "dart", "drop_rate": 0.5},
    "rf": {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6},
    "goss": {"data_sample_strategy": "goss"},
}
# How numbers are read.
READINGS: dict[str, dict[str, Any]] = {
    "zeros are missing": {"zero_as_missing": True},
    "nothing is missing": {"use_missing": False},
    "lines in the leaves": {"linear_tree": True},
    "another sigmoid": {"objective": "binary", "sigmoid": 0.7},
    "square roots": {"reg_sqrt": True},
    "extra trees": {"extra_trees": True},
}


def train(labels: NDArray[Any], **parameters: Any) -> lightgbm.Booster:
    """A booster of a few trees."""
    objective = str(parameters.get("objective"))
    defaults: dict[str, Any] = {"verbosity": -1, "num_threads": 1, "min_data_in_leaf": 5}
    if objective.startswith("multiclass"):
        defaults["num_class"] = 3
    ranked = objective in ("lambdarank", "rank_xendcg")
    groups = [10] * (TRAINING_ROWS // 10) if ranked else None
    table = lightgbm.Dataset(TRAINING, labels.astype(float), group=groups)
    return lightgbm.train({**defaults, **parameters}, table, ROUNDS)


def of_objective(objective: str, boosting: str = "gbdt") -> lightgbm.Booster:
    """A model of an objective, by a boosting of `BOOSTINGS`."""
    return train(LABELS[objective], objective=objective, **BOOSTINGS[boosting])
