"""Time and money by memory, for each variant."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.suite.cost import Point, dollars_per_million
from benchmarks.suite.quantiles import median
from benchmarks.suite.sandbox import sandbox
from benchmarks.suite.variants import Variant

MEMORIES_MB = (512, 1024, 1536, 1769, 2048, 3008)
REQUESTS = 60


def sweep(variants: Sequence[Variant], rounds: int) -> dict[str, list[Point]]:
    """What each variant takes with each memory, by its CPU share.

    Args:
        variants: what to run; they take turns.
        rounds: containers for each variant and memory, whose median counts.
    """
    found: dict[str, list[Point]] = {variant.name: [] for variant in variants}
    for memory_mb in MEMORIES_MB:
        turns = [[_cold_and_warm_ms(v, memory_mb) for v in variants] for _ in range(rounds)]
        for variant, pairs in zip(variants, zip(*turns, strict=True), strict=True):
            found[variant.name].append(_point(variant, memory_mb, pairs))
    return found


def _point(variant: Variant, memory_mb: int, pairs: Sequence[tuple[float, float]]) -> Point:
    cold_ms, warm_ms = (median(times) for times in zip(*pairs, strict=True))
    architecture = variant.settings()["ARCHITECTURE"]
    dollars = dollars_per_million(warm_ms, memory_mb, architecture)
    return Point(memory_mb, cold_ms, warm_ms, dollars)


def _cold_and_warm_ms(variant: Variant, memory_mb: int) -> tuple[float, float]:
    with sandbox(variant, memory_mb) as running:
        cold_ms = running.request_ms()
        times = [running.request_ms() for _ in range(REQUESTS)]
    # A CPU share is granted in slices, so single requests take all or nothing: the mean is billed.
    return cold_ms, sum(times) / len(times)
