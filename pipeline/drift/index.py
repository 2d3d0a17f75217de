"""The population stability index: how far one distribution of a column is from another.

Source: Siddiqi, Credit Risk Scorecards, 2006; as the sum of both Kullback-Leibler divergences it is
Jeffreys' divergence. Below 0.1 little has changed, beyond 0.25 much.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Union

from pipeline.drift.sketches import Columns, Key, number_of, numbers

BINS = 10  # of numbers: the tenths of the reference
SMOOTHING = 0.5  # is added to the count of each bin: none is empty
SOME, MUCH = 0.1, 0.25
FEWEST = 200  # values, with which an index says something
CHANCES = 2.0  # how often what chance alone makes is not taken for a change
Bin = Union[int, str, None]


class Change(NamedTuple):
    """How a column has changed.

    Attributes:
        column: its name.
        psi: the index.
        chance: what it would be on average if nothing had changed, by the counts alone.
        values: how many there are now.
        said: the medians before and now, or the category whose share changed most.
    """

    column: str
    psi: float
    chance: float
    values: int
    said: str

    @property
    def reading(self) -> str:
        """How much has changed, in a word."""
        if self.values < FEWEST:
            return "too few"
        if self.psi <= SOME or self.psi <= CHANCES * self.chance:
            return "little"
        return "much" if self.psi > MUCH else "some"


def changes(reference: Columns, now: Columns) -> list[Change]:
    """Compare the columns that both have, the most changed first."""
    found = [_change(name, reference[name], now[name]) for name in now if name in reference]
    return sorted(found, key=lambda change: -change.psi)


def _change(name: str, reference: Mapping[Key, int], now: Mapping[Key, int]) -> Change:
    edges = tenths(reference)
    before, after = binned(reference, edges), binned(now, edges)
    bins = len({*before, *after})
    count_before, count = sum(before.values()), sum(after.values())
    chance = (bins - 1) * (1 / max(1, count_before) + 1 / max(1, count))
    return Change(name, psi(before, after), chance, count, _said(reference, now))


def tenths(reference: Mapping[Key, int]) -> list[tuple[int, int]]:
    """Find the buckets at which each tenth of the reference's numbers ends, but the last."""
    buckets = numbers(reference)
    total, passed, edges = sum(count for _, count in buckets), 0, []
    for key, count in buckets:
        reached = (passed + count) * BINS // total > passed * BINS // total
        passed += count
        if reached and passed < total:
            edges.append(key)
    return edges


def binned(counts: Mapping[Key, int], edges: Sequence[tuple[int, int]]) -> Counter[Bin]:
    """Count by bins: of numbers those between the edges, each category, and what is missing."""
    found: Counter[Bin] = Counter()
    for key, count in counts.items():
        found[bisect_left(edges, key) if isinstance(key, tuple) else key] += count
    return found


def psi(reference: Mapping[Any, int], now: Mapping[Any, int]) -> float:
    """Compute the index of two columns that are counted by the same bins."""
    bins = {*reference, *now}
    totals = [sum(counts.values()) + SMOOTHING * len(bins) for counts in (reference, now)]
    found = 0.0
    for one in bins:
        before = (reference.get(one, 0) + SMOOTHING) / totals[0]
        after = (now.get(one, 0) + SMOOTHING) / totals[1]
        found += (after - before) * math.log(after / before)
    return found


def _said(reference: Mapping[Key, int], now: Mapping[Key, int]) -> str:
    """Say what has changed: the medians, or the share that did most."""
    if numbers(reference) and numbers(now):
        return f"median {_median(reference):.3g}, now {_median(now):.3g}"
    before, after = _shares(reference), _shares(now)
    most = max({*before, *after}, key=lambda key: abs(after.get(key, 0.0) - before.get(key, 0.0)))
    told = f"{before.get(most, 0.0):.0%}, now {after.get(most, 0.0):.0%}"
    return f"{'missing' if most is None else most} {told}"


def _shares(counts: Mapping[Key, int]) -> dict[Key, float]:
    total = sum(counts.values())
    return {key: count / total for key, count in counts.items()}


def _median(counts: Mapping[Key, int]) -> float:
    buckets = numbers(counts)
    left = sum(count for _, count in buckets) / 2
    for key, count in buckets:
        left -= count
        if left <= 0:
            return number_of(key)
    return math.nan
