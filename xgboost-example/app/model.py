"""The price of a home in Boston in the 1970s: gradient-boosted trees that `train.py` made."""

from array import array
from collections.abc import Sequence
from itertools import chain
from struct import pack

from booster import MODEL_FILE, Booster

from engines.threads import vcpus

FEATURE_COUNT = 13  # CRIM, ZN, INDUS, CHAS, NOX, RM, AGE, DIS, RAD, TAX, PTRATIO, B, LSTAT


def load() -> Booster:
    """Reads the model and predicts once, so that the first request finds everything warm."""
    booster = Booster(MODEL_FILE, threads=vcpus())
    predict(booster, [[0.0] * FEATURE_COUNT])
    return booster


def predict(booster: Booster, rows: Sequence[Sequence[float]]) -> list[float]:
    """Predicts the median value of owner-occupied homes, in $1000s.

    Args:
        booster: what `load` returned.
        rows: shape (N, 13), finite, within float32; the columns of `boston.csv` but the last.

    Returns:
        shape (N,), in the rows' order.
    """
    return booster.predict(_float32(rows), FEATURE_COUNT)


def _float32(rows: Sequence[Sequence[float]]) -> "array[float]":
    # struct.pack takes half the time that array("f", numbers) does.
    count = len(rows) * FEATURE_COUNT
    return array("f", pack(f"{count}f", *chain.from_iterable(rows)))
