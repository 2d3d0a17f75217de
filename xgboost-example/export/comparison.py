"""Compares what an image answers with what XGBoost itself does."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MOST_RELATIVE_DIFFERENCE = 1e-4


class DifferenceError(Exception):
    """The image answers otherwise; the message says how far off it is."""


def read_rows(path: Path) -> NDArray[np.float32]:
    """Reads a table with a header, without its last column, which is what is predicted."""
    table = np.loadtxt(path, dtype=np.float32, delimiter=",", skiprows=1, ndmin=2)
    return table[:, :-1]


def check(native: NDArray[np.float32], served: NDArray[np.float64]) -> float:
    """Compares what XGBoost predicts with what the image does; both of shape (N,).

    Returns:
        the largest difference, relative to XGBoost's prediction.

    Raises:
        DifferenceError: it is too large, or no number.
    """
    differences = np.abs(served - native) / np.abs(native)
    row = int(np.argmax(differences))  # NaN, if there is one
    if not differences[row] <= MOST_RELATIVE_DIFFERENCE:
        raise DifferenceError(
            f"row {row}: XGBoost predicts {native[row]}, this image {served[row]}, which differ"
            f" by more than {MOST_RELATIVE_DIFFERENCE:.0e} of it: build from Dockerfile instead"
        )
    return float(differences[row])
