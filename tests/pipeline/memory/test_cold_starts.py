import pytest

from pipeline.memory.cold_starts import verdict
from pipeline.memory.cost import cold_start_prices


def test_two_gigabytes_cost_what_others_have_computed() -> None:
    """Of SnapStart about $7.80 a month and version, of provisioned concurrency $21.60."""
    prices = cold_start_prices(4000, 2048, "x86_64")
    assert prices.cached_a_month == pytest.approx(7.80, abs=0.01)
    assert prices.ready_a_month == pytest.approx(21.60, abs=0.01)
    assert prices.initialised == pytest.approx(0.000133, abs=1e-6)
    assert prices.restored == pytest.approx(0.00028, abs=1e-6)


def test_a_fast_start_is_left_and_a_slow_one_is_not() -> None:
    assert "is not faster than 90 ms: SNAPSTART=off" in verdict(90, 1769, "x86_64")
    assert "may be faster than 2,200 ms: try SNAPSTART=on" in verdict(2200, 1769, "arm64")
