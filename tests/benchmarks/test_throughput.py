from collections.abc import Iterator

from benchmarks.suite.throughput import Rate, until_full


def rates(*requests_a_second: float) -> Iterator[Rate]:
    return (Rate(2**step, rate, 0) for step, rate in enumerate(requests_a_second))


def test_containers_are_added_until_they_bring_little_more() -> None:
    more = rates(100, 190, 200, 210)
    assert [rate.containers for rate in until_full(more)] == [1, 2, 4]
    assert next(more).containers == 8


def test_a_machine_that_never_fills_gives_all_rates() -> None:
    assert len(until_full(rates(1, 2, 4, 8))) == 4
