"""What a function costs, and which memory to give it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

# US dollars in us-east-1, without the free tier.
# Source: https://aws.amazon.com/lambda/pricing/, https://aws.amazon.com/api-gateway/pricing/
PRICE_DATE = "2026-09-20"
DOLLARS_PER_GB_SECOND = {"x86_64": 0.0000166667, "arm64": 0.0000133334}
DOLLARS_PER_MILLION_REQUESTS = 0.20
DOLLARS_PER_MILLION_CALLS = {"rest": 3.50, "http": 1.00, "url": 0.0}  # by the door in front
SECONDS_A_DAY = 86_400
SECONDS_A_MONTH = 30 * SECONDS_A_DAY
# Of a snapshot while its version is there, and of each environment that is restored from it.
DOLLARS_PER_GB_SECOND_CACHED, DOLLARS_PER_GB_RESTORED = 0.0000015046, 0.0001397998
DOLLARS_PER_GB_SECOND_READY = {"x86_64": 0.0000041667, "arm64": 0.0000033334}
MB_PER_GB = 1024
# Beyond this, more memory is not worth its price: smaller differences are noise on another machine.
WORTH_IT = 1.2


class Point(NamedTuple):
    """What a warm request takes with some memory: in all rounds, in the best and in the worst."""

    memory_mb: int
    warm_ms: float
    least_ms: float
    most_ms: float
    dollars_per_million: float

    def price_times_time(self, took_ms: float) -> float:
        """Weigh a request's price against its time: the memory times the time squared.

        A processor of another speed changes it by one factor for every memory, which leaves the
        choice as it is. Whole milliseconds, as they are billed, would not.
        """
        return self.memory_mb * took_ms**2


class Knee(NamedTuple):
    """The memory to give, and those that the rounds do not tell from it."""

    point: Point
    as_good_mb: tuple[int, ...]


def billed_ms(took_ms: float) -> int:
    """Tell what is billed for a request: whole milliseconds, also those that have only begun."""
    return math.ceil(took_ms)


def dollars_per_million(
    warm_ms: float, memory_mb: int, architecture: str, door: str = "rest"
) -> float:
    """Give the price of a million warm requests, the door in front of the function included."""
    gb_seconds = billed_ms(warm_ms) / 1000 * memory_mb / MB_PER_GB
    per_request = gb_seconds * DOLLARS_PER_GB_SECOND[architecture]
    calls = DOLLARS_PER_MILLION_REQUESTS + DOLLARS_PER_MILLION_CALLS[door]
    return calls + per_request * 1_000_000


def dollars_a_day(concurrency: int, memory_mb: int, architecture: str) -> float:
    """Give the price of a day in which so many requests are computed all the time.

    What the requests themselves cost, and the door, comes on top: it depends on how many there are.
    """
    gb_seconds = concurrency * memory_mb / MB_PER_GB * SECONDS_A_DAY
    return gb_seconds * DOLLARS_PER_GB_SECOND[architecture]


def knee(points: Sequence[Point]) -> Knee:
    """Find the least memory whose price times time is near the least there is.

    Raises:
        ValueError: no points.
    """
    lowest = min(point.price_times_time(point.warm_ms) for point in points)
    near = [p for p in points if p.price_times_time(p.warm_ms) <= lowest * WORTH_IT]
    best = min(near, key=lambda point: point.memory_mb)
    return Knee(best, tuple(p.memory_mb for p in points if p is not best and _overlap(p, best)))


def _overlap(one: Point, other: Point) -> bool:
    """Tell whether the best round of each is within the worst of the other."""
    return one.price_times_time(one.least_ms) <= other.price_times_time(
        other.most_ms
    ) and other.price_times_time(other.least_ms) <= one.price_times_time(one.most_ms)


class ColdStartPrices(NamedTuple):
    """What there is to pay for cold starts, in dollars.

    Attributes:
        initialised: a cold start that is initialised.
        restored: a cold start that is restored from a snapshot.
        cached_a_month: a version's snapshot, for a month.
        ready_a_month: an environment that is always ready, for a month, before it computes.
    """

    initialised: float
    restored: float
    cached_a_month: float
    ready_a_month: float


def cold_start_prices(init_ms: float, memory_mb: int, architecture: str) -> ColdStartPrices:
    """Give the prices of the ways to start, without what the requests themselves cost."""
    gb = memory_mb / MB_PER_GB
    return ColdStartPrices(
        billed_ms(init_ms) / 1000 * gb * DOLLARS_PER_GB_SECOND[architecture],
        gb * DOLLARS_PER_GB_RESTORED,
        gb * DOLLARS_PER_GB_SECOND_CACHED * SECONDS_A_MONTH,
        gb * DOLLARS_PER_GB_SECOND_READY[architecture] * SECONDS_A_MONTH,
    )
