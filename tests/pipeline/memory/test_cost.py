import pytest

from pipeline.memory.cost import Point, dollars_per_million, knee


def points(*warm_ms: float) -> list[Point]:
    """Points of a sweep in which each step adds 512 MB."""
    return [Point(512 * step, 0, ms, 0) for step, ms in enumerate(warm_ms, start=1)]


def test_a_million_requests_cost_what_the_price_list_says() -> None:
    # Of 0.1 s at 1 GB: 100,000 GB-seconds at $0.0000166667, and $0.20.
    assert dollars_per_million(100, 1024, "x86_64") == pytest.approx(1.86667)


def test_arm64_costs_a_fifth_less_for_the_same_time() -> None:
    x86, arm = (dollars_per_million(100, 1024, name) - 0.2 for name in ("x86_64", "arm64"))
    assert arm / x86 == pytest.approx(0.8, abs=1e-4)


def test_a_started_millisecond_is_billed_whole() -> None:
    assert dollars_per_million(1.2, 512, "x86_64") == dollars_per_million(2, 512, "x86_64")
    assert dollars_per_million(2.1, 512, "x86_64") > dollars_per_million(2, 512, "x86_64")


def test_the_knee_is_the_least_memory_that_is_nearly_as_fast_as_any() -> None:
    assert knee(points(40, 20, 10.5, 10, 10)).memory_mb == 3 * 512


def test_the_knee_of_a_function_that_more_memory_does_not_help_is_the_least_memory() -> None:
    assert knee(points(1, 1, 1)).memory_mb == 512


def test_the_knee_of_a_function_that_all_memory_helps_is_the_most_memory() -> None:
    assert knee(points(30, 20, 10)).memory_mb == 3 * 512


def test_parts_of_a_millisecond_are_no_reason_for_more_memory() -> None:
    assert knee(points(1.4, 0.9, 0.6, 0.5)).memory_mb == 2 * 512
