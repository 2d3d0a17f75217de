"""The price of a home in Boston in the 1970s: gradient-boosted trees that `train.py` made."""

import os
from array import array
from collections.abc import Sequence
from itertools import chain
from struct import pack

from booster import MODEL_FILE, Booster

FEATURE_COUNT = 13  # CRIM, ZN, INDUS, CHAS, NOX, RM, AGE, DIS, RAD, TAX, PTRATIO, B, LSTAT
MIB_PER_VCPU = 1769  # https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html


def load() -> Booster:
    """Reads the model and predicts once, so that the first request finds everything warm."""
    booster = Booster(MODEL_FILE, threads=_vcpus())
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


def _vcpus() -> int:
    """Counts the vCPUs that come with the memory: more threads would only wait for each other."""
    memory_mib = int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", MIB_PER_VCPU))
    return max(1, round(memory_mib / MIB_PER_VCPU))
