"""What the log has of requests and answers where DRIFT is on, added up.

The buckets are those of `serving.sketches`: of a positive number the least whole number i for which
gamma ** i is not below it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Union

from pipeline.errors import PipelineError

BASELINE = "drift.json"  # in a model directory
GAMMA = 1.05 / 0.95
PARTS = ("answers", "requests")
# A number's bucket sorts as the number: (sign, ± bucket); a category is its name, None is missing.
Key = Union[tuple[int, int], str, None]
Columns = dict[str, "Counter[Key]"]


def added(sketches: Iterable[Mapping[str, Any]]) -> Columns:
    """Add sketches up, by the names of the columns.

    Raises:
        PipelineError: one is no sketch.
    """
    found: Columns = {}
    try:
        for one in sketches:
            for part in PARTS:
                for name, counts in one.get(part, {}).items():
                    found.setdefault(f"{part[:-1]} {name}".strip(), Counter()).update(_keys(counts))
    except (AttributeError, TypeError, ValueError) as error:
        raise PipelineError(f"this is not a sketch: {error}") from error
    return found


def read_baseline(file: Path) -> Columns:
    """Read what a model was trained on.

    Raises:
        PipelineError: the file is none that `baseline` wrote.
    """
    try:
        return added([json.loads(file.read_text(encoding="utf-8"))])
    except (ValueError, PipelineError) as error:
        raise PipelineError(
            f"{file} cannot be read ({error}): make it again with python3 -m pipeline baseline"
        ) from error


def _keys(counts: Mapping[str, Any]) -> Counter[Key]:
    found: Counter[Key] = Counter()
    for text, count in counts.get("buckets", {}).items():
        found[1, int(text)] += int(count)
    for text, count in counts.get("negative", {}).items():
        found[-1, -int(text)] += int(count)
    for name, count in counts.get("categories", {}).items():
        found[str(name)] += int(count)
    found[0, 0] += int(counts.get("zeros", 0))
    found[None] += int(counts.get("missing", 0))
    return +found


def numbers(counts: Mapping[Key, int]) -> list[tuple[tuple[int, int], int]]:
    """List the buckets with their counts, least first."""
    return sorted((key, count) for key, count in counts.items() if isinstance(key, tuple))


def number_of(key: tuple[int, int]) -> float:
    """Give the number that stands for a bucket, within 5 % of each in it."""
    sign, at = key
    return sign * 2 * GAMMA ** (sign * at) / (GAMMA + 1) if sign else 0.0


def as_json(columns: Columns) -> dict[str, Any]:
    """Write columns as they are read by `added`, as one sketch."""
    found: dict[str, Any] = {part: {} for part in PARTS}
    for name, counts in columns.items():
        part, _, column = name.partition(" ")
        found[f"{part}s"][column] = _as_counts(counts)
    return found


def _as_counts(counts: Mapping[Key, int]) -> dict[str, Any]:
    told: dict[str, Any] = {"buckets": {}, "negative": {}, "categories": {}}
    for key, count in counts.items():
        if key is None:
            told["missing"] = count
        elif isinstance(key, str):
            told["categories"][key] = count
        elif key == (0, 0):
            told["zeros"] = count
        else:
            sign, at = key
            told["buckets" if sign > 0 else "negative"][str(sign * at)] = count
    return {name: value for name, value in told.items() if value}
