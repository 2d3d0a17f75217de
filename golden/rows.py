"""Draws rows that take a tree model's every way: values at its thresholds and around them."""

import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

ROWS = 200
MISSING = 0.1  # of the values
UNUSED = [0.0, 1.0, -1.0]  # for a column that no tree looks at
TEXTS = ["", "a", "a good one", "not so good, and far too long", "déjà vu 東京"]
Column = dict[str, Any]  # of a card


def around(thresholds: Sequence[float], kind: type[np.floating[Any]]) -> list[float]:
    """The numbers at which a tree turns, and those next to them, below and above.

    Args:
        thresholds: where trees split a column.
        kind: in which the library compares.
    """
    at = np.asarray(thresholds, dtype=kind)
    at = at[np.isfinite(at)]
    beside = [np.nextafter(at, kind(edge)) for edge in (-np.inf, np.inf)]
    numbers = np.unique(np.concatenate([at, *beside]))
    # With the fewest digits that make the same number of this kind: people see it in the page.
    return [float(str(number)) for number in numbers[np.isfinite(numbers)]] or UNUSED


def values(column: Column, numbers: Sequence[float]) -> list[Any]:
    """List what a row may have in a column: its categories, or those of the numbers that fit."""
    kind = column.get("kind", "float")
    if kind == "text":
        return TEXTS
    if kind == "unused":
        return [None]
    if kind == "categorical":
        return [*column["categories"], *_others(column)]
    if kind == "bool":
        return [True, False]
    if kind == "int":
        numbers = sorted({edge for number in numbers for edge in (number // 1, number // 1 + 1)})
    least, most = column.get("minimum"), column.get("maximum")
    inside = [n for n in numbers if _between(n, least, most)]
    return inside or [edge for edge in (least, most) if edge is not None]


def _others(column: Column) -> list[Any]:
    """Give a category that the model has not seen, where it takes such."""
    if not column.get("others"):
        return []
    seen = column["categories"]
    return ["unseen"] if isinstance(seen[0], str) else [max(seen) + 1]


def _between(number: float, least: float | None, most: float | None) -> bool:
    return (least is None or number >= least) and (most is None or number <= most)


def draw(
    columns: Sequence[Column], numbers: Callable[[int], Sequence[float]], rows: int = ROWS
) -> list[list[Any]]:
    """Draw rows, some of their values missing; always the same ones.

    Args:
        columns: of a row.
        numbers: that a column, by its position, may have.
        rows: how many.
    """
    chance = random.Random(0)
    choices = [values(column, numbers(position)) for position, column in enumerate(columns)]
    missing = [0 if column.get("required") else MISSING for column in columns]
    return [
        [
            None if chance.random() < share else chance.choice(choice)
            for share, choice in zip(missing, choices, strict=True)
        ]
        for _ in range(rows)
    ]
