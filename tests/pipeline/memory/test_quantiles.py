import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.memory.quantiles import median, quantile

TIMES = st.lists(st.floats(min_value=0, max_value=1e6), min_size=2, max_size=50)


@given(TIMES)
def test_quantiles_agree_with_those_of_the_standard_library(times: list[float]) -> None:
    expected = statistics.quantiles(times, n=100, method="inclusive")
    found = [quantile(times, share / 100) for share in range(1, 100)]
    assert found == pytest.approx(expected)


def test_the_median_of_an_even_number_lies_between_the_middle_two() -> None:
    assert median([4, 1, 3, 2]) == 2.5


def test_the_least_and_the_greatest_are_quantiles_too() -> None:
    assert (quantile([3, 1, 2], 0), quantile([3, 1, 2], 1)) == (1, 3)


def test_one_value_is_each_of_its_quantiles() -> None:
    assert quantile([7.0], 0.99) == 7.0


@pytest.mark.parametrize(("values", "share"), [([], 0.5), ([1.0], 1.01), ([1.0], -0.1)])
def test_what_has_no_quantile_is_refused(values: list[float], share: float) -> None:
    with pytest.raises(ValueError, match="needs values and a share"):
        quantile(values, share)
