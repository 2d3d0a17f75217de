"""The C interface against LightGBM's own package, bit for bit."""

from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pytest
from lightgbm.sklearn import LGBMClassifier, LGBMRegressor

from engines.lightgbm import Booster

from ..running import run
from ..tables import classes, rows, signal
from .models import BOOSTINGS, LABELS, READINGS, SIGNAL, of_objective, train

SIZES = 1, 2, 10_000


def check(booster: lightgbm.Booster, path: Path, threads: int = 1) -> Booster:
    """Fail unless the saved model answers rows of each number as the package does."""
    booster.save_model(path)
    engine, native = Booster(path, threads), lightgbm.Booster(model_file=path)
    for count in SIZES:
        for missing in (False, True):
            # In float64: these numbers are not float32's.
            table = rows(count, missing, seed=count).astype(np.float64) * 1.1
            answer, wanted = run(engine, table), np.asarray(native.predict(table, num_threads=1))
            assert answer.shape == wanted.shape
            assert answer.tobytes() == wanted.tobytes()
    return engine


@pytest.mark.parametrize("boosting", BOOSTINGS)
@pytest.mark.parametrize("objective", LABELS)
def test_every_objective_is_predicted_as_by_the_package(
    tmp_path: Path, objective: str, boosting: str
) -> None:
    engine = check(of_objective(objective, boosting), tmp_path / "model.txt")
    is_multiclass = objective.startswith("multiclass")
    assert engine.objective == objective
    assert engine.classes == (3 if is_multiclass else {"binary": 2}.get(objective))
    assert engine.outputs[0].shape == (("N", 3) if is_multiclass else ("N",))


@pytest.mark.parametrize("reading", READINGS)
def test_numbers_are_read_as_by_the_package(tmp_path: Path, reading: str) -> None:
    parameters = READINGS[reading]
    labels = SIGNAL > 0.5 if parameters.get("objective") == "binary" else SIGNAL
    check(train(labels, **parameters), tmp_path / "model.txt")


def test_a_custom_objective_is_predicted_as_by_the_package(tmp_path: Path) -> None:
    def cube(predictions: Any, table: Any) -> tuple[Any, Any]:
        difference = predictions - table.get_label()
        return difference**3, 3 * difference**2 + 1e-3

    assert check(train(SIGNAL, objective=cube), tmp_path / "model.txt").objective == ""


def test_two_threads_predict_what_one_predicts(tmp_path: Path) -> None:
    check(of_objective("multiclass"), tmp_path / "model.txt", threads=2)


def test_a_table_without_rows_has_no_predictions(tmp_path: Path) -> None:
    of_objective("multiclass").save_model(tmp_path / "model.txt")
    assert run(Booster(tmp_path / "model.txt"), rows(0, missing=False)).shape == (0, 3)


@pytest.mark.parametrize("boosting", ["gbdt", "goss"])
@pytest.mark.parametrize("count", [0, 2, 3])
def test_rounds_after_the_best_one_count_for_nothing(
    tmp_path: Path, count: int, boosting: str
) -> None:
    table, held_out, asked = (rows(300, missing=True, seed=seed) for seed in range(3))
    labels = [classes(t, count) if count else signal(t) for t in (table, held_out)]
    labels[1] = np.random.default_rng(0).permutation(labels[1])
    kind: type[Any] = LGBMClassifier if count else LGBMRegressor
    options = {"n_estimators": 30, "n_jobs": 1, "verbosity": -1, **BOOSTINGS[boosting]}
    stop = lightgbm.early_stopping(10, verbose=False)
    estimator = kind(**options).fit(
        table, labels[0], eval_X=held_out, eval_y=labels[1], callbacks=[stop]
    )
    assert 0 < estimator.best_iteration_ < estimator.n_estimators
    estimator.booster_.save_model(tmp_path / "model.txt")
    wanted = estimator.predict_proba(asked) if count else estimator.predict(asked)
    answer = run(Booster(tmp_path / "model.txt", threads=1), asked)
    assert answer.tolist() == (wanted[:, 1] if count == 2 else wanted).tolist()


def test_a_booster_that_kept_its_later_rounds_is_saved_without_them(tmp_path: Path) -> None:
    table, held_out, asked = (rows(300, missing=True, seed=seed) for seed in range(3))
    shuffled = np.random.default_rng(0).permutation(signal(held_out))
    native = lightgbm.train(
        {"verbosity": -1, "num_threads": 1},
        lightgbm.Dataset(table, signal(table)),
        30,
        valid_sets=[lightgbm.Dataset(held_out, shuffled)],
        callbacks=[lightgbm.early_stopping(10, verbose=False)],
        keep_training_booster=True,
    )
    assert native.best_iteration < native.current_iteration()
    native.save_model(tmp_path / "model.txt")
    answer = run(Booster(tmp_path / "model.txt", threads=1), asked).tolist()
    assert answer == np.asarray(native.predict(asked)).tolist()
    assert answer != np.asarray(native.predict(asked, num_iteration=-1)).tolist()
