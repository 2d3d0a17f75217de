"""What the measurements may not exceed: `benchmarks/budgets.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from pipeline.commands import say
from pipeline.errors import PipelineError

BUDGETS = Path(__file__).resolve().parents[1] / "budgets.toml"
# The measures that other work on the machine adds to.
TIMES = frozenset({"cold_ms", "cold_over_floor", "warm_ms", "warm_above_floor_ms"})
REPEATS = 2
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
        PipelineError: no such file, or one that is not of budgets, each with these fields.
    """
    try:
        found = [Budget(**fields) for fields in tomllib.loads(path.read_text())["budget"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PipelineError(f"{path} is no file of budgets: {error!r}") from error
    for budget in found:
        if not isinstance(budget.at_most, (int, float)):
            raise PipelineError(f"{path}: at_most must be a number, got {budget.at_most!r}")
    return found


class Broken(NamedTuple):
    """A budget and the figure that exceeds it; None where there is no figure."""

    budget: Budget
    figure: float | None

    @property
    def may_be_noise(self) -> bool:
        """Whether another measurement may find less."""
        return self.figure is not None and self.budget.measure in TIMES

    def __str__(self) -> str:
        """The sentence that tells it."""
        variant, measure, at_most, reason = self.budget
        if self.figure is None:
            return f"{variant}: {measure} was not measured"
        return f"{variant}: {measure} is {self.figure:.4g}, at most {at_most:g}: {reason}"


def broken(budgets: Iterable[Budget], figures: Figures) -> Iterator[Broken]:
    """The budgets that a variant's figure exceeds, or that have no figure."""
    for budget in budgets:
        if budget.variant not in figures:
            continue
        figure = figures[budget.variant].get(budget.measure)
        if figure is None or figure > budget.at_most:
            yield Broken(budget, figure)


def confirmed(
    found: list[Broken], times_again: Callable[[Collection[str]], Figures]
) -> list[Broken]:
    """The broken budgets that stay broken when what noise can spoil is measured again.

    Other work on the machine only ever adds time, so a time that is once within its budget shows
    that the budget holds. Sizes and counts have no noise: where one is broken, so is the run.

    Args:
        found: what a first measurement broke.
        times_again: measures the times of variants, by their names, once more.
    """
    for _ in range(REPEATS):
        if not found or not all(one.may_be_noise for one in found):
            return found
        for one in found:
            say(f"Over its budget, so measured again: {one}")
        figures = times_again({one.budget.variant for one in found})
        held = [one.budget for one in found]
        found = list(broken(held, figures))
        say(f"Within their budgets this time: {len(held) - len(found)} of {len(held)}")
    return found


def unchecked(budgets: Iterable[Budget], figures: Figures) -> list[str]:
    """The variants that have a budget and were not measured, each once."""
    return sorted({budget.variant for budget in budgets} - figures.keys())
