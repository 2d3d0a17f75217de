"""Time and money by memory, for each variant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from example import ExampleError

from benchmarks.suite.cost import Point, dollars_per_million
from benchmarks.suite.engine import BenchError, say
from benchmarks.suite.quantiles import median
from benchmarks.suite.sandbox import FunctionError, OutOfMemory, sandbox
from benchmarks.suite.variants import Variant

MEMORIES_MB = (512, 1024, 1536, 1769, 2048, 3008)
REQUESTS = 60


class Sweep(NamedTuple):
    """What a variant takes with the memories that it runs with, and why it does not with others."""

    points: list[Point]
    failures: dict[int, str]


def sweep(variants: Sequence[Variant], rounds: int) -> dict[str, Sweep]:
    """What each variant takes with each memory, by its CPU share.

    Args:
        variants: what to run; they and the memories take turns.
        rounds: containers for each variant and memory, whose median counts.

    Raises:
        BenchError: a variant runs with none of the memories.
    """
    courses = [_Course(variant) for variant in variants]
    for number in range(1, rounds + 1):
        for memory_mb in MEMORIES_MB:
            say(f"Memory sweep, round {number} of {rounds}: {memory_mb:,} MB")
            for course in courses:
                course.run(memory_mb)
    return {course.variant.name: course.found() for course in courses}


class _Course:
    """The containers of one variant, and what they took."""

    def __init__(self, variant: Variant) -> None:
        self.variant = variant
        self._times: dict[int, list[tuple[float, float]]] = defaultdict(list)
        self._failures: dict[int, str] = {}

    def run(self, memory_mb: int) -> None:
        """Measures one more container, unless one with this memory has failed."""
        if memory_mb in self._failures:
            return
        try:
            self._times[memory_mb].append(_cold_and_warm_ms(self.variant, memory_mb))
        except (FunctionError, ExampleError) as error:
            self._times.pop(memory_mb, None)
            self._failures[memory_mb] = _in_short(error)
            say(f"{self.variant.name} fails with {memory_mb:,} MB: {error}")

    def found(self) -> Sweep:
        """All that was measured."""
        if not self._times:
            least, most = MEMORIES_MB[0], MEMORIES_MB[-1]
            reason = self._failures[most]
            raise BenchError(
                f"{self.variant.name} runs with no memory from {least:,} to {most:,} MB. With the"
                f" most it is: {reason}; what each container said stands above"
            )
        points = [_point(self.variant, *timed) for timed in self._times.items()]
        return Sweep(points, self._failures)


def _in_short(error: Exception) -> str:
    return "out of memory" if isinstance(error, OutOfMemory) else "does not answer its example"


def _point(variant: Variant, memory_mb: int, pairs: Sequence[tuple[float, float]]) -> Point:
    cold_ms, warm_ms = median([cold for cold, _ in pairs]), median([warm for _, warm in pairs])
    architecture = variant.settings()["ARCHITECTURE"]
    dollars = dollars_per_million(warm_ms, memory_mb, architecture)
    return Point(memory_mb, cold_ms, warm_ms, dollars)


def _cold_and_warm_ms(variant: Variant, memory_mb: int) -> tuple[float, float]:
    with sandbox(variant, memory_mb) as running:
        cold_ms = running.request_ms()
        times = [running.request_ms() for _ in range(REQUESTS)]
    # A CPU share is granted in slices, so single requests take all or nothing: the mean is billed.
    return cold_ms, sum(times) / len(times)
