"""Cold and warm times, variants taking turns: what slows the machine down slows all of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import NamedTuple

from benchmarks.suite.memory import peak_bytes
from benchmarks.suite.quantiles import quantile
from benchmarks.suite.sandbox import Sandbox, sandbox
from benchmarks.suite.variants import Variant

WARMING_REQUESTS = 5
REQUESTS_A_TURN = 10


class Warm(NamedTuple):
    """Times of a warm function's requests, and the memory that it had at most."""

    median_ms: float
    p95_ms: float
    p99_ms: float
    peak_bytes: int | None


def cold_ms(variant: Variant, memory_mb: int) -> float:
    """The first request's time in a new container, from the emulator's readiness on."""
    with sandbox(variant, memory_mb) as new:
        return new.request_ms()


def cold_times(variants: Sequence[Variant], memory_mb: int, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of cold starts by variant, after a round that is not counted."""
    times: dict[str, list[float]] = {variant.name: [] for variant in variants}
    for _ in range(rounds + 1):
        for variant in variants:
            times[variant.name].append(cold_ms(variant, memory_mb))
    return {name: found[1:] for name, found in times.items()}


def warm_times(variants: Sequence[Variant], memory_mb: int, requests: int) -> dict[str, Warm]:
    """What requests to warm functions take, by variant, each on one connection."""
    times: dict[str, list[float]] = {variant.name: [] for variant in variants}
    with ExitStack() as stack:
        running = {v.name: stack.enter_context(sandbox(v, memory_mb)) for v in variants}
        for one in running.values():
            _send(one, WARMING_REQUESTS)
        while len(times[variants[0].name]) < requests:
            for name, one in running.items():
                times[name] += _send(one, REQUESTS_A_TURN)
        peaks = {name: peak_bytes(one.pid) for name, one in running.items()}
    return {name: _warm(times[name], peaks[name]) for name in times}


def _send(running: Sandbox, requests: int) -> list[float]:
    return [running.request_ms() for _ in range(requests)]


def _warm(times_ms: Sequence[float], peak: int | None) -> Warm:
    median_ms, p95_ms, p99_ms = (quantile(times_ms, share) for share in (0.5, 0.95, 0.99))
    return Warm(median_ms, p95_ms, p99_ms, peak)
