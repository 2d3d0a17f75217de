from pathlib import Path

import pytest

from benchmarks.suite.budgets import BUDGETS, Budget, broken, read_budgets, unchecked
from benchmarks.suite.tables import COLUMNS
from benchmarks.suite.variants import examples

BUDGET = Budget("xgboost-example", "cold_over_floor", 5, "it links one library")


def test_a_figure_at_its_budget_is_within_it() -> None:
    assert list(broken([BUDGET], {"xgboost-example": {"cold_over_floor": 5.0}})) == []


def test_a_broken_budget_is_named_with_the_figure_and_the_reason() -> None:
    found = list(broken([BUDGET], {"xgboost-example": {"cold_over_floor": 5.01}}))
    assert found == [
        "xgboost-example: cold_over_floor is 5.01, at most 5: it links one library",
    ]


def test_a_budget_whose_figure_is_missing_is_broken() -> None:
    found = list(broken([BUDGET], {"xgboost-example": {"warm_ms": 1.0}}))
    assert found == ["xgboost-example: cold_over_floor was not measured"]


def test_a_variant_that_was_not_measured_is_told_and_not_counted_as_broken() -> None:
    assert list(broken([BUDGET], {"floor": {}})) == []
    assert unchecked([BUDGET, BUDGET], {"floor": {}}) == ["xgboost-example"]


def test_every_budget_of_the_file_is_for_an_example_and_a_measure_and_has_a_reason() -> None:
    held = read_budgets(BUDGETS)
    directories = tuple(directory.name for directory in examples())
    assert held
    for budget in held:
        assert budget.variant.startswith(directories)
        assert budget.measure in COLUMNS
        assert budget.at_most > 0 and len(budget.reason.split()) > 3


def test_a_budget_with_a_misspelt_field_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "budgets.toml"
    file.write_text('[[budget]]\nvariant = "a"\nmeasure = "b"\nat_mots = 1\nreason = "c"\n')
    with pytest.raises(TypeError, match="at_mots"):
        read_budgets(file)
