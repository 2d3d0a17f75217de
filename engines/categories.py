"""What the codes of categorical columns stand for; only imported for a model that has some."""

import ctypes
import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

from engines.columns import Category

# Of the array module, by numpy's letter and bytes.
INTEGERS: dict[str, Literal["b", "h", "i", "q", "B", "H", "I", "Q"]] = {
    **{"i1": "b", "i2": "h", "i4": "i", "i8": "q"},
    **{"u1": "B", "u2": "H", "u4": "I", "u8": "Q"},
}
Categories = tuple[Category, ...] | None


def of_xgboost(text: bytes) -> list[Categories]:
    """Read the categories of each column, None where it has none, from where XGBoost keeps them.

    Args:
        text: what XGBoosterGetCategoriesExportToArrow answers, whose arrays are still there.

    Source: https://numpy.org/doc/stable/reference/arrays.interface.html
    """
    return [_of_column(column) for column in json.loads(text)]


def of_pandas(text: bytes, codes: Sequence[str]) -> Sequence[Categories]:
    """Read the categories of each categorical column, as LightGBM's package writes them last.

    It writes a list for each column that pandas calls categorical, and no names. Where that is
    not one for each column that the model calls so, or the codes do not fit, which list is
    whose is unknown, and None is the answer for all.

    Args:
        text: the end of a model's file.
        codes: of each categorical column those seen in training, as `-1:0:2`, or `none`.
    """
    _, found, last = text.rpartition(b"\npandas_categorical:")
    lists = (json.loads(last) if found else None) or []
    if len(lists) != len(codes) or not all(map(_fit, codes, lists)):
        return [None] * len(codes)
    return [*map(tuple, lists)]


def _fit(codes: str, names: Sequence[Category]) -> bool:
    if codes.startswith("["):  # the range of numbers
        return False
    return codes == "none" or max(map(int, codes.split(":"))) < len(names)


def _of_column(column: dict[str, Any] | None) -> Categories:
    """Read whole numbers, or texts that stand one after the other."""
    if column is None:
        return None
    if "offsets" not in column:
        return tuple(_integers(column))
    text, starts = _integers(column["values"]).tobytes(), _integers(column["offsets"])
    if not text.isascii():  # XGBoost's package counts characters for bytes, and cuts them wrongly
        return None
    return tuple(text[a:b].decode() for a, b in pairwise(starts))


def _integers(interface: dict[str, Any]) -> "memoryview[int]":
    (count,), typestr = interface["shape"], interface["typestr"]
    content = ctypes.string_at(interface["data"][0], count * int(typestr[2:]))
    return memoryview(content).cast(INTEGERS[typestr[1:]])
