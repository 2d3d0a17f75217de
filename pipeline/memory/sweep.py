"""Time and money by memory, for each function."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.commands import say
from pipeline.errors import FunctionError, GoldenError, OutOfMemory
from pipeline.image.function import Function
from pipeline.memory.cost import Point, dollars_per_million
from pipeline.memory.quantiles import median
from pipeline.memory.sandbox import sandbox

MEMORIES_MB = (512, 1024, 1536, 1769, 2048, 3008)
REQUESTS = 60


class Sweep(NamedTuple):
    """What a function takes with the memories that it runs with; why it fails with others."""

    points: list[Point]
    failures: dict[int, str]
    cold_ms: float
    door: str = "rest"


def sweep(functions: Sequence[Function], rounds: int) -> dict[str, Sweep]:
    """Measure what each function takes with each memory, by its CPU share.

    Args:
        functions: what to run; they and the memories take turns.
        rounds: containers for each function and memory, whose median counts.

    Raises:
        FunctionError: a function runs with none of the memories.
    """
    courses = [_Course(function) for function in functions]
    for number in range(1, rounds + 1):
        for memory_mb in MEMORIES_MB:
            say(f"Memory sweep, round {number} of {rounds}: {memory_mb:,} MB")
            for course in courses:
                course.run(memory_mb)
    return {course.function.name: course.found() for course in courses}


class _Course:
    """The containers of one function, and what they took."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self._times: dict[int, list[tuple[float, float]]] = defaultdict(list)
        self._failures: dict[int, str] = {}

    def run(self, memory_mb: int) -> None:
        """Measure one more container, unless one with this memory has failed."""
        if memory_mb in self._failures:
            return
        try:
            self._times[memory_mb].append(_cold_and_warm_ms(self.function, memory_mb))
        except (FunctionError, GoldenError) as error:
            self._times.pop(memory_mb, None)
            self._failures[memory_mb] = _in_short(error)
            say(f"{self.function.name} fails with {memory_mb:,} MB: {error}")

    def found(self) -> Sweep:
        """Give all that was measured."""
        if not self._times:
            least, most = MEMORIES_MB[0], MEMORIES_MB[-1]
            reason = self._failures[most]
            raise FunctionError(
                f"{self.function.name} runs with no memory from {least:,} to {most:,} MB. With the"
                f" most it is: {reason}; what each container said stands above"
            )
        points = [_point(self.function, *timed) for timed in self._times.items()]
        cold = [cold_ms for pairs in self._times.values() for cold_ms, _ in pairs]
        return Sweep(points, self._failures, median(cold), self.function.settings["DOOR"])


def _in_short(error: Exception) -> str:
    return (
        "out of memory" if isinstance(error, OutOfMemory) else "does not answer its golden request"
    )


def _point(function: Function, memory_mb: int, pairs: Sequence[tuple[float, float]]) -> Point:
    warm = [warm_ms for _, warm_ms in pairs]
    dollars = dollars_per_million(
        median(warm), memory_mb, function.settings["ARCHITECTURE"], function.settings["DOOR"]
    )
    return Point(memory_mb, median(warm), min(warm), max(warm), dollars)


def _cold_and_warm_ms(function: Function, memory_mb: int) -> tuple[float, float]:
    with sandbox(function, memory_mb) as running:
        cold_ms = running.request_ms()
        running.throttle()
        times = [running.request_ms() for _ in range(REQUESTS)]
    # A CPU share is granted in slices, so single requests take all or nothing: the mean is billed.
    return cold_ms, sum(times) / len(times)
