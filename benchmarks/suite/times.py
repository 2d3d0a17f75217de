"""Cold and warm times, functions taking turns: what slows the machine down slows all of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import NamedTuple

from benchmarks.suite.memory import peak_bytes
from pipeline.image.function import Function
from pipeline.memory.quantiles import quantile
from pipeline.memory.sandbox import Sandbox, sandbox

WARMING_REQUESTS = 5
REQUESTS_A_TURN = 10


class Warm(NamedTuple):
    """Times of a warm function's requests, and the memory that it had at most."""

    median_ms: float
    p95_ms: float
    p99_ms: float
    peak_bytes: int | None


def cold_ms(function: Function, memory_mb: int) -> float:
    """The first request's time in a new container, from the emulator's readiness on."""
    with sandbox(function, memory_mb) as new:
        return new.request_ms()


def cold_times(
    functions: Sequence[Function], memory_mb: int, rounds: int
) -> dict[str, list[float]]:
    """Milliseconds of cold starts by function, after a round that is not counted."""
    times: dict[str, list[float]] = {function.name: [] for function in functions}
    for _ in range(rounds + 1):
        for function in functions:
            times[function.name].append(cold_ms(function, memory_mb))
    return {name: found[1:] for name, found in times.items()}


def warm_times(functions: Sequence[Function], memory_mb: int, requests: int) -> dict[str, Warm]:
    """What requests to warm functions take, by function, each on one connection."""
    times: dict[str, list[float]] = {function.name: [] for function in functions}
    with ExitStack() as stack:
        running = {v.name: stack.enter_context(sandbox(v, memory_mb)) for v in functions}
        for one in running.values():
            _send(one, WARMING_REQUESTS)
        while len(times[functions[0].name]) < requests:
            for name, one in running.items():
                times[name] += _send(one, REQUESTS_A_TURN)
        peaks = {name: peak_bytes(one.pid) for name, one in running.items()}
    return {name: _warm(times[name], peaks[name]) for name in times}


def _send(running: Sandbox, requests: int) -> list[float]:
    return [running.request_ms() for _ in range(requests)]


def _warm(times_ms: Sequence[float], peak: int | None) -> Warm:
    median_ms, p95_ms, p99_ms = (quantile(times_ms, share) for share in (0.5, 0.95, 0.99))
    return Warm(median_ms, p95_ms, p99_ms, peak)
