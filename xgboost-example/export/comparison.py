"""Compares what an image answers with what XGBoost itself does."""

from pathlib import Path
from typing import Any

import numpy as np
import xgboost
from numpy.typing import NDArray

MOST_RELATIVE_DIFFERENCE = 1e-4
# Of the largest prediction: below it, a difference counts as if the prediction were so large.
SMALLEST_SHARE = 0.01


class DifferenceError(Exception):
    """The image answers otherwise, or cannot be asked; the message says what is wrong."""


def read_rows(path: Path, columns: int) -> NDArray[np.float32]:
    """Read a table with a header, without its last column, which is what is predicted.

    Raises:
        DifferenceError: it has other columns than the model.
    """
    table = np.loadtxt(path, dtype=np.float32, delimiter=",", skiprows=1, ndmin=2)
    if table.shape[1] != columns + 1:
        raise DifferenceError(
            f"{path.name} has {table.shape[1] - 1} columns before the last, the model takes"
            f" {columns}: put rows for your model there, whose last column is not read"
        )
    return table[:, :-1]


def native_predictions(booster: xgboost.Booster, rows: NDArray[np.float32]) -> NDArray[Any]:
    """What XGBoost predicts, shape (N,) or (N, k), by the rounds that its scikit-learn takes."""
    best = booster.attr("best_iteration")
    rounds = 0 if best is None else int(best) + 1
    try:
        answer: NDArray[Any] = booster.inplace_predict(rows, iteration_range=(0, rounds))
    except xgboost.core.XGBoostError:  # a linear model, of which all rounds count
        answer = booster.predict(xgboost.DMatrix(rows))
    return answer


def check(native: NDArray[Any], served: NDArray[Any], rows: str = "row") -> float:
    """Compare what XGBoost predicts with what the image does.

    Args:
        native: shape (N,), or (N, k) of k numbers a row.
        served: of the same shape.
        rows: what one of them is called.

    Returns:
        the largest difference, relative to XGBoost's prediction, or to `SMALLEST_SHARE` of its
        largest one where that is more.

    Raises:
        DifferenceError: it is too large, or not a number where XGBoost's is.
    """
    if native.shape != served.shape:
        raise DifferenceError(
            f"XGBoost predicts numbers of shape {native.shape}, this image {served.shape}"
        )
    differences = _differences(native.astype(np.float64), served)
    place = np.unravel_index(np.argmax(differences), differences.shape)
    largest = float(differences[place])
    if largest > MOST_RELATIVE_DIFFERENCE:
        raise DifferenceError(
            f"{rows} {place[0]}: XGBoost predicts {native[place]}, this image {served[place]},"
            f" which differ by more than {MOST_RELATIVE_DIFFERENCE:.0e} of it:"
            " build from Dockerfile instead"
        )
    return largest


def _differences(native: NDArray[np.float64], served: NDArray[Any]) -> NDArray[np.float64]:
    finite = np.abs(native[np.isfinite(native)])
    scale = np.maximum(np.abs(native), SMALLEST_SHARE * finite.max(initial=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        differences = np.nan_to_num(np.abs(served - native) / scale, nan=np.inf)
    is_same = (native == served) | (np.isnan(native) & np.isnan(served))
    return np.where(is_same, 0, differences)
