"""LightGBM's own package: `Booster.predict`, given frames of pandas."""

from collections.abc import Sequence
from typing import Any

import lightgbm
import numpy as np

from golden.frames import frame
from golden.library import Answers
from golden.rows import Column, around

BINARY, MULTICLASS = "binary", ("multiclass", "multiclassova")


class Library:
    """A model, loaded by the package."""

    def __init__(self, path: str) -> None:
        """Load a text file of `save_model`."""
        self._booster = lightgbm.Booster(model_file=path)
        objective = self._booster.dump_model(num_iteration=1).get("objective", "")
        self._objective = objective.partition(" ")[0]
        self._names = self._booster.feature_name()
        self._splits = _splits(self._booster)

    def numbers(self, position: int) -> list[float]:
        """List where trees split a column, and the numbers beside; in float64, as LightGBM."""
        return around(self._splits.get(self._names[position], []), np.float64)

    def predict(self, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> Answers:
        """Predict rows of these columns, None where a value is missing."""
        data: Any = frame(columns, self._names, rows)
        if not self._booster.pandas_categorical:  # it was trained on codes, not on a frame
            for name in data.select_dtypes("category"):
                data[name] = data[name].cat.codes.replace(-1, np.nan)
        values: Any = self._booster.predict(data)
        if self._objective == BINARY:
            values = np.vstack((1.0 - values, values)).T  # as LGBMClassifier.predict_proba
        elif self._objective not in MULTICLASS:
            return Answers(values.tolist())
        return Answers(np.argmax(values, axis=1).tolist(), values.tolist())


def _splits(booster: lightgbm.Booster) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    if not booster.num_trees():
        return found
    table = booster.trees_to_dataframe()
    numeric = table[table["decision_type"] == "<="]
    for name, split in zip(numeric["split_feature"], numeric["threshold"], strict=True):
        found.setdefault(name, []).append(float(split))
    return found
