"""The C interface against XGBoost's own package, bit for bit."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost

from engines.xgboost import Booster

from ..running import run
from ..tables import rows
from .models import BOOSTERS, OBJECTIVES, SIGNAL, WIDE, of_objective, predicted, train

SIZES = 1, 2, 10_000


def check(booster: xgboost.Booster, path: Path, threads: int = 1) -> Booster:
    """Fail unless the saved model answers rows of each number as the package does."""
    booster.save_model(path)
    engine, native = Booster(path, threads), xgboost.Booster({"nthread": 1}, model_file=path)
    for count in SIZES:
        for missing in (False, True):
            table = rows(count, missing, seed=count)
            answer, wanted = run(engine, table), predicted(native, table)
            assert answer.shape == wanted.shape
            assert answer.tobytes() == wanted.tobytes()
    return engine


def test_the_grid_has_every_objective_of_the_library() -> None:
    with pytest.raises(xgboost.core.XGBoostError) as error:
        train(SIGNAL, objective="unheard")
    assert set(OBJECTIVES) == set(re.findall(r"Objective candidate: (\S+)", str(error.value)))


@pytest.mark.parametrize("booster", BOOSTERS)
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_every_objective_is_predicted_as_by_the_package(
    tmp_path: Path, objective: str, booster: str
) -> None:
    engine = check(of_objective(objective, booster), tmp_path / "model.ubj")
    assert engine.objective == {"reg:linear": "reg:squarederror"}.get(objective, objective)


@pytest.mark.parametrize("name", WIDE)
def test_several_numbers_a_row_are_predicted_as_by_the_package(tmp_path: Path, name: str) -> None:
    labels, parameters = WIDE[name]
    engine = check(train(labels, **parameters), tmp_path / "model.json")
    (port,) = engine.outputs
    assert port.shape == ("N", 3)


def test_three_classes_are_three_numbers_a_row_and_each_row_has_its_own(tmp_path: Path) -> None:
    of_objective("multi:softprob").save_model(tmp_path / "model.ubj")
    engine = Booster(tmp_path / "model.ubj", threads=1)
    shares = run(engine, rows(3, missing=False))
    assert shares.shape == (3, 3)
    assert shares.sum(axis=1) == pytest.approx(1, abs=1e-6)
    assert len({row.tobytes() for row in shares}) == 3


@pytest.mark.parametrize("booster", BOOSTERS)
def test_two_threads_predict_what_one_predicts(tmp_path: Path, booster: str) -> None:
    check(of_objective("reg:squarederror", booster), tmp_path / "model.ubj", threads=2)


def test_a_table_without_rows_has_no_predictions(tmp_path: Path) -> None:
    of_objective("multi:softprob").save_model(tmp_path / "model.ubj")
    engine = Booster(tmp_path / "model.ubj", threads=1)
    assert run(engine, rows(0, missing=False)).shape == (0, 3)


def test_infinite_numbers_are_predicted_as_by_the_package(tmp_path: Path) -> None:
    booster = of_objective("reg:squarederror")
    booster.save_model(tmp_path / "model.ubj")
    table = np.array([[np.inf, -np.inf, 0, -0.0, 3e38, -1e-45]], np.float32)
    answer = run(Booster(tmp_path / "model.ubj"), table)
    assert answer.tobytes() == predicted(booster, table).tobytes()


def test_a_custom_objective_is_predicted_as_by_the_package(tmp_path: Path) -> None:
    def cube(predictions: Any, matrix: Any) -> tuple[Any, Any]:
        difference = predictions - matrix.get_label()
        return difference**3, 3 * difference**2 + 1e-3

    matrix = xgboost.DMatrix(rows(200, missing=False), SIGNAL)
    check(xgboost.train({"nthread": 1}, matrix, 5, obj=cube), tmp_path / "model.ubj")
