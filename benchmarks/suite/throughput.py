"""Requests a second with several containers, until the machine is full."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import NamedTuple

from pipeline.errors import GoldenError, PipelineError
from pipeline.image.function import Function
from pipeline.memory.sandbox import Sandbox, sandbox
from pipeline.model.settings import MB_PER_VCPU

SECONDS = 4.0
# Where twice the containers bring less than this, the machine is full.
WORTHWHILE = 1.1
MAX_CONTAINERS = 16


class Rate(NamedTuple):
    """What some containers answer, each one request at a time; errors are in neither."""

    containers: int
    requests_a_second: float
    errors: int


def throughput(function: Function) -> list[Rate]:
    """The rates of 1, 2, 4, … containers, up to the first number that brings little more."""
    return until_full(_rates(function))


def until_full(rates: Iterable[Rate]) -> list[Rate]:
    """Rates up to the first that is hardly higher than the one before; no further one is asked."""
    found: list[Rate] = []
    for rate in rates:
        found.append(rate)
        if found[1:] and rate.requests_a_second < found[-2].requests_a_second * WORTHWHILE:
            break
    return found


def _rates(function: Function) -> Iterator[Rate]:
    containers = 1
    while containers <= MAX_CONTAINERS:
        yield _rate(function, containers)
        containers *= 2


def _rate(function: Function, containers: int) -> Rate:
    with ExitStack() as stack, ThreadPoolExecutor(containers) as pool:
        running = [stack.enter_context(sandbox(function, MB_PER_VCPU)) for _ in range(containers)]
        for one in running:
            one.request_ms()
        counts = list(pool.map(_answers_and_errors, running))
    answers, errors = (sum(column) for column in zip(*counts, strict=True))
    return Rate(containers, answers / SECONDS, errors)


def _answers_and_errors(running: Sandbox) -> tuple[int, int]:
    answers = errors = 0
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            running.request_ms()
            answers += 1
        except (GoldenError, PipelineError):
            errors += 1
    return answers, errors
