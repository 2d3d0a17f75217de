"""scikit-learn's own `predict` and `predict_proba`, given frames of pandas; read by skops."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import skops.io

from golden.library import Answers
from golden.rows import Column

# Where an estimator keeps what it saw of its columns: numbers around which its answers change.
SEEN = ("mean_", "center_", "statistics_", "data_min_", "data_max_", "data_median_")
USUAL = [-10.0, -1.0, 0.0, 0.5, 1.0, 3.0, 10.0, 100.0]


class Library:
    """An estimator, loaded by the package; its types have been checked."""

    def __init__(self, path: str) -> None:
        """Load a file of skops."""
        types = skops.io.get_untrusted_types(file=path)
        self._fitted: Any = skops.io.load(path, trusted=types)
        count = self._fitted.n_features_in_
        self._names = [*getattr(self._fitted, "feature_names_in_", range(count))]
        self._seen: list[set[float]] = [set() for _ in self._names]
        for position, number in _seen(self._fitted, range(count)):
            self._seen[position].add(number)

    def numbers(self, position: int) -> list[float]:
        """List numbers that the estimator's parts saw in a column, and usual ones."""
        return sorted(self._seen[position]) or USUAL

    def predict(self, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> Answers:
        """Predict rows of these columns, None where a value is missing."""
        data = self._data(columns, rows)
        predictions = self._fitted.predict(data).tolist()
        labels = getattr(self._fitted, "classes_", None)
        if labels is None:
            return Answers(predictions)
        codes = [labels.tolist().index(value) for value in predictions]
        if not hasattr(self._fitted, "predict_proba"):
            return Answers(codes)
        return Answers(codes, self._fitted.predict_proba(data).tolist())

    def _data(self, columns: Sequence[Column], rows: Sequence[Sequence[Any]]) -> Any:
        cells = [[np.nan if value is None else value for value in row] for row in rows]
        frame = pd.DataFrame(cells, columns=self._names)
        if not hasattr(self._fitted, "feature_names_in_"):
            return frame.to_numpy()
        for name, column in zip(self._names, columns, strict=True):
            if column.get("kind") == "text" or isinstance(column.get("categories", [0])[0], str):
                frame[name] = frame[name].astype("str")
        if hasattr(self._fitted, "is_categorical_"):  # it tells categories by the columns' types
            for name, column in zip(self._names, columns, strict=True):
                if column.get("kind") == "categorical":
                    frame[name] = frame[name].astype("category")
        return frame


def _seen(part: Any, positions: Sequence[int]) -> Iterator[tuple[int, float]]:
    """Find the numbers that the parts of an estimator keep of these columns, by position."""
    if hasattr(part, "transformers_"):
        for name, inner, _ in part.transformers_:
            chosen = part._transformer_to_input_indices[name]
            yield from _seen(inner, [positions[index] for index in chosen])
    elif hasattr(part, "steps"):
        yield from _seen(part.steps[0][1], positions)
        if len(part.steps) > 1 and not hasattr(part.steps[0][1], "transformers_"):
            yield from _seen(part.steps[1][1], positions)
    elif hasattr(part, "estimators_"):
        for inner in np.ravel(part.estimators_)[:10]:
            yield from _seen(inner, positions)
    elif hasattr(part, "tree_"):
        for feature, threshold in zip(part.tree_.feature, part.tree_.threshold, strict=True):
            if 0 <= feature < len(positions):
                yield positions[feature], float(threshold)
    else:
        yield from _kept(part, positions)


def _kept(part: Any, positions: Sequence[int]) -> Iterator[tuple[int, float]]:
    spread = getattr(part, "scale_", None)
    for name in SEEN:
        kept = np.atleast_1d(np.asarray(getattr(part, name, None), dtype=object))
        for position, value in zip(positions, kept, strict=False):
            if isinstance(value, (int, float)):
                yield position, float(value)
    if spread is not None and hasattr(part, "mean_") and part.mean_ is not None:
        for position, mean, scale in zip(positions, part.mean_, spread, strict=False):
            yield from ((position, float(mean + step * scale)) for step in (-2, -1, 1, 2))
