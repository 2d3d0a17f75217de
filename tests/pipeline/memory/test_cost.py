import pytest

from pipeline.memory.cost import Point, dollars_per_million, knee


def points(*warm_ms: float, spread: float = 0) -> list[Point]:
    """Points of a sweep in which each step adds 512 MB."""
    return [
        Point(512 * step, ms, ms * (1 - spread), ms * (1 + spread), 0)
        for step, ms in enumerate(warm_ms, start=1)
    ]


def test_a_million_requests_cost_what_the_price_lists_say() -> None:
    # Of 0.1 s at 1 GB: 100,000 GB-seconds at $0.0000166667, $0.20 for the calls and $3.50 for REST.
    assert dollars_per_million(100, 1024, "x86_64") == pytest.approx(1.66667 + 0.20 + 3.50)


def test_arm64_costs_a_fifth_less_for_the_same_time() -> None:
    x86, arm = (dollars_per_million(100, 1024, name) - 3.7 for name in ("x86_64", "arm64"))
    assert arm / x86 == pytest.approx(0.8, abs=1e-4)


def test_a_started_millisecond_is_billed_whole() -> None:
    assert dollars_per_million(1.2, 512, "x86_64") == dollars_per_million(2, 512, "x86_64")
    assert dollars_per_million(2.1, 512, "x86_64") > dollars_per_million(2, 512, "x86_64")


def test_the_knee_is_where_more_memory_brings_less_than_it_costs() -> None:
    assert knee(points(40, 20, 13.4, 13, 13)).point.memory_mb == 3 * 512


def test_the_knee_of_a_function_that_more_memory_does_not_help_is_the_least_memory() -> None:
    assert knee(points(1, 1, 1)).point.memory_mb == 512


def test_the_knee_of_a_function_that_all_memory_helps_is_the_most_memory() -> None:
    assert knee(points(30, 15, 10)).point.memory_mb == 3 * 512


@pytest.mark.parametrize("factor", [0.1, 0.43, 1, 2.3, 10])
def test_a_processor_of_another_speed_has_the_same_knee(factor: float) -> None:
    times = (1.68, 0.81, 0.72, 0.67, 0.67, 0.68)
    assert knee(points(*(factor * ms for ms in times))).point.memory_mb == 2 * 512


def test_a_knee_that_the_rounds_do_not_tell_from_others_says_so() -> None:
    assert knee(points(40, 20, 14, 14)).as_good_mb == ()
    assert 4 * 512 in knee(points(40, 20, 14, 14, spread=0.2)).as_good_mb
