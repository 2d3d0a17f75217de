from collections.abc import Collection
from pathlib import Path

import pytest

from benchmarks.suite.budgets import (
    BUDGETS,
    TIMES,
    Broken,
    Budget,
    Figures,
    broken,
    confirmed,
    read_budgets,
    unchecked,
)
from benchmarks.suite.tables import COLUMNS
from benchmarks.suite.variants import examples
from pipeline.errors import PipelineError

FIELDS = 'variant = "a"\nmeasure = "b"\nreason = "c"\n'
BUDGET = Budget("xgboost-example", "cold_over_floor", 5, "it links one library")
SIZE = Budget("xgboost-example", "image_mb", 100, "it has one library")


class Machine:
    """Gives one cold start over the floor after the other, and notes what was to be measured."""

    def __init__(self, *cold_over_floor: float) -> None:
        self.left = list(cold_over_floor)
        self.measured: list[set[str]] = []

    def times_again(self, names: Collection[str]) -> Figures:
        self.measured.append(set(names))
        return {"floor": {"cold_over_floor": 1}, **{n: self._next() for n in names}}

    def _next(self) -> dict[str, float]:
        return {"cold_over_floor": self.left.pop(0)}


def test_a_figure_at_its_budget_is_within_it() -> None:
    assert list(broken([BUDGET], {"xgboost-example": {"cold_over_floor": 5.0}})) == []


def test_a_broken_budget_is_named_with_the_figure_and_the_reason() -> None:
    (found,) = broken([BUDGET], {"xgboost-example": {"cold_over_floor": 5.01}})
    assert str(found) == "xgboost-example: cold_over_floor is 5.01, at most 5: it links one library"


def test_a_budget_whose_figure_is_missing_is_broken() -> None:
    (found,) = broken([BUDGET], {"xgboost-example": {"warm_ms": 1.0}})
    assert str(found) == "xgboost-example: cold_over_floor was not measured"


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


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[[budget]]\nvariant = "a"\nmeasure = "b"\nat_mots = 1\nreason = "c"\n', "at_mots"),
        ('[[budget]]\nvariant = "a"\nmeasure = "b"\nreason = "c"\n', "at_most"),
        (f'[[budget]]\n{FIELDS}at_most = "1"\n', "at_most must be a number, got '1'"),
        ("budget = 3\n", "is no file of budgets"),
        ("", "is no file of budgets: KeyError"),
        ("garbage =\n", "is no file of budgets: TOMLDecodeError"),
    ],
)
def test_what_is_no_file_of_budgets_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    file = tmp_path / "budgets.toml"
    file.write_text(text)
    with pytest.raises(PipelineError, match=reason):
        read_budgets(file)


def test_a_file_of_budgets_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match="No such file"):
        read_budgets(tmp_path / "budgets.toml")


def test_a_time_that_is_within_its_budget_once_does_not_break_it() -> None:
    machine = Machine(5.5, 4.9)
    assert confirmed([Broken(BUDGET, 6.0)], machine.times_again) == []
    assert machine.measured == [{"xgboost-example"}] * 2


def test_a_time_that_breaks_its_budget_three_times_over_is_broken(
    capsys: pytest.CaptureFixture[str],
) -> None:
    machine = Machine(5.5, 5.2, 1.0)
    assert confirmed([Broken(BUDGET, 6.0)], machine.times_again) == [Broken(BUDGET, 5.2)]
    assert machine.left == [1.0]
    assert capsys.readouterr().err.count("Over its budget, so measured again") == 2


def test_a_size_over_its_budget_is_broken_at_once_and_so_is_what_was_not_measured() -> None:
    machine = Machine()
    for one in (Broken(SIZE, 101), Broken(BUDGET, None)):
        assert confirmed([one, Broken(BUDGET, 6.0)], machine.times_again) == [
            one,
            Broken(BUDGET, 6.0),
        ]
    assert machine.measured == []


def test_every_variant_has_a_budget_for_each_measure_that_noise_or_growth_can_spoil() -> None:
    measures = {"cold_over_floor", "image_above_base_mb", "modules", "peak_mib"}
    held = read_budgets(BUDGETS)
    for variant in {budget.variant for budget in held}:
        assert measures <= {budget.measure for budget in held if budget.variant == variant}


def test_the_measures_that_are_times_are_measures() -> None:
    assert TIMES <= COLUMNS.keys()
