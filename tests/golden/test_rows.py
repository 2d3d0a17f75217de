"""The rows that a model is asked about: around its thresholds, some values missing."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from golden.rows import ROWS, UNUSED, around, draw, values


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_numbers_lie_at_a_threshold_and_on_both_sides_of_it(
    kind: type[np.floating[Any]],
) -> None:
    below, at, above = around([0.1], kind)
    assert kind(at) == kind(0.1)
    assert below < at < above
    beside = [np.nextafter(kind(0.1), kind(edge)) for edge in (-np.inf, np.inf)]
    assert [kind(below), kind(above)] == beside


def test_a_column_without_thresholds_gets_some_numbers() -> None:
    assert around([], np.float32) == around([np.inf], np.float32) == UNUSED


def test_a_column_of_whole_numbers_gets_those_on_both_sides() -> None:
    assert values({"name": "x", "kind": "int"}, [2.5, 3.0]) == [2, 3, 4]


def test_bounds_of_columns_json_hold() -> None:
    assert values({"name": "x", "minimum": 0, "maximum": 5}, [-1, 2, 7]) == [2]
    assert values({"name": "x", "minimum": 8}, [-1, 2, 7]) == [8]


def test_categories_and_truth_values_are_drawn_as_they_are() -> None:
    columns = [{"name": "c", "kind": "categorical", "categories": ["a", "b"]}]
    columns += [{"name": "b", "kind": "bool"}]
    rows = draw(columns, lambda _: [])
    assert {row[0] for row in rows} == {"a", "b", None}
    assert {row[1] for row in rows} == {True, False, None}


def test_the_same_rows_are_drawn_each_time_and_a_tenth_is_missing() -> None:
    columns = [{"name": "x"}] * 10
    rows = draw(columns, lambda position: [float(position)])
    assert rows == draw(columns, lambda position: [float(position)])
    assert len(rows) == ROWS
    assert sum(row.count(None) for row in rows) == pytest.approx(ROWS, rel=0.2)


@given(st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=1))
def test_numbers_have_the_fewest_digits_of_their_kind_and_are_the_same(
    numbers: list[float],
) -> None:
    found = around(numbers, np.float32)
    assert {np.float32(one) for one in numbers} <= {np.float32(one) for one in found}
    assert around([12.87], np.float32)[1] == 12.87
