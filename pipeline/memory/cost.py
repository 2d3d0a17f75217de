"""What a function costs, and which memory to give it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

# US dollars in us-east-1, of 2026-09-20, without the free tier.
# Source: https://aws.amazon.com/lambda/pricing/
PRICE_DATE = "2026-09-20"
DOLLARS_PER_GB_SECOND = {"x86_64": 0.0000166667, "arm64": 0.0000133334}
DOLLARS_PER_MILLION_REQUESTS = 0.20
MB_PER_GB = 1024
# More memory is worth it until a function is this close to its fastest.
NEAR_THE_FASTEST = 1.1


class Point(NamedTuple):
    """What a function takes with some memory."""

    memory_mb: int
    cold_ms: float
    warm_ms: float
    dollars_per_million: float


def billed_ms(took_ms: float) -> int:
    """Tell what is billed for a request: whole milliseconds, also those that have only begun."""
    return math.ceil(took_ms)


def dollars_per_million(warm_ms: float, memory_mb: int, architecture: str) -> float:
    """Give the price of a million warm requests."""
    gb_seconds = billed_ms(warm_ms) / 1000 * memory_mb / MB_PER_GB
    per_request = gb_seconds * DOLLARS_PER_GB_SECOND[architecture]
    return DOLLARS_PER_MILLION_REQUESTS + per_request * 1_000_000


def knee(points: Sequence[Point]) -> Point:
    """Find the least memory with which a request takes at most a tenth longer than at its fastest.

    In billed milliseconds: smaller parts of one are noise here and nothing to a caller.

    Raises:
        ValueError: no points.
    """
    most_ms = billed_ms(min(point.warm_ms for point in points) * NEAR_THE_FASTEST)
    near = [point for point in points if billed_ms(point.warm_ms) <= most_ms]
    return min(near, key=lambda point: point.memory_mb)
