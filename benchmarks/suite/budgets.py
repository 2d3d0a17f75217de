"""What the measurements may not exceed: `benchmarks/budgets.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

BUDGETS = Path(__file__).resolve().parents[1] / "budgets.toml"
Figures = Mapping[str, Mapping[str, float]]


class Budget(NamedTuple):
    """The most that one figure of one variant may be."""

    variant: str
    measure: str
    at_most: float
    reason: str


def read_budgets(path: Path) -> list[Budget]:
    """The budgets of a file, in its order.

    Raises:
        TypeError: a budget with a field missing or unknown.
        OSError, tomllib.TOMLDecodeError: a file that cannot be read.
    """
    return [Budget(**fields) for fields in tomllib.loads(path.read_text())["budget"]]


def broken(budgets: Iterable[Budget], figures: Figures) -> Iterator[str]:
    """A sentence for each budget that a variant's figure exceeds, or that has no figure."""
    for budget in budgets:
        if budget.variant not in figures:
            continue
        figure = figures[budget.variant].get(budget.measure)
        if figure is None:
            yield f"{budget.variant}: {budget.measure} was not measured"
        elif figure > budget.at_most:
            yield (
                f"{budget.variant}: {budget.measure} is {figure:.4g},"
                f" at most {budget.at_most:g}: {budget.reason}"
            )


def unchecked(budgets: Iterable[Budget], figures: Figures) -> list[str]:
    """The variants that have a budget and were not measured, each once."""
    return sorted({budget.variant for budget in budgets} - figures.keys())
