"""XGBoost's own package: its scikit-learn interface, given frames of pandas."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import xgboost

from golden.frames import frame
from golden.library import Answers
from golden.rows import Column, around

# For these the scikit-learn interface has a classifier, which names a class.
CLASSIFIED = ("binary:logistic", "binary:hinge", "multi:softprob", "multi:softmax")
WITHOUT_CHANCES = ("binary:hinge", "multi:softmax")


class Library:
    """A model, loaded by the package."""

    def __init__(self, path: str) -> None:
        """Load a file of `save_model`."""
        booster = xgboost.Booster(model_file=path)
        config = json.loads(booster.save_config())["learner"]
        self._objective = config["objective"]["name"]
        is_classifier = self._objective in CLASSIFIED and not _has_several_labels(config)
        self._model = (xgboost.XGBClassifier if is_classifier else xgboost.XGBRegressor)()
        self._model.load_model(path)
        self._is_classifier = is_classifier
        count = booster.num_features()
        self._names = booster.feature_names or [f"f{number}" for number in range(count)]
        self._splits = _splits(booster, config)

    def numbers(self, position: int) -> list[float]:
        """List where trees split a column, and the numbers beside; in float32, as XGBoost."""
        return around(self._splits.get(self._names[position], []), np.float32)

    def predict(self, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> Answers:
        """Predict rows of these columns, None where a value is missing."""
        data = frame(columns, self._names, rows)
        predictions = self._model.predict(data).tolist()
        if not self._is_classifier or self._objective in WITHOUT_CHANCES:
            return Answers(predictions)
        return Answers(predictions, self._model.predict_proba(data).tolist())


def _has_several_labels(config: dict[str, Any]) -> bool:
    return int(config["learner_model_param"]["num_target"]) > 1


def _splits(booster: xgboost.Booster, config: dict[str, Any]) -> dict[str, list[float]]:
    """Find where trees split, by the name of the column; linear models have no trees."""
    found: dict[str, list[float]] = {}
    if config["gradient_booster"]["name"] == "gblinear":
        return found
    nodes = [json.loads(tree) for tree in booster.get_dump(dump_format="json")]
    while nodes:
        node = nodes.pop()
        nodes += node.get("children", [])
        if isinstance(split := node.get("split_condition"), (int, float)):
            found.setdefault(node["split"], []).append(split)
    return found
