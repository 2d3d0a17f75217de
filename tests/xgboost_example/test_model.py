import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.engines.tables import rows
from tests.engines.xgboost.models import of_objective, predicted
from tests.model_directory import REPOSITORY, import_app, post

from .conftest import DIRECTORY


@pytest.fixture
def model(modules: dict[str, ModuleType]) -> ModuleType:
    return modules["model"]


def test_every_row_is_predicted_as_xgboost_predicts_it(
    model: ModuleType, table: NDArray[np.float64], xgboost_predictions: list[float]
) -> None:
    assert model.predict(model.load(), table[:, :-1].tolist()) == xgboost_predictions


def test_a_row_gets_the_same_alone_and_among_others(
    model: ModuleType, table: NDArray[np.float64]
) -> None:
    booster, rows = model.load(), table[:, :-1].tolist()
    assert [model.predict(booster, [row])[0] for row in rows] == model.predict(booster, rows)


def test_a_prediction_outlives_the_next_one(model: ModuleType, table: NDArray[np.float64]) -> None:
    booster, rows = model.load(), table[:2, :-1].tolist()
    first = model.predict(booster, rows)
    kept = list(first)
    model.predict(booster, rows[::-1])
    assert first == kept


def printed(code: str, **environment: str) -> list[str]:
    """The words that a new process prints."""
    command, environ = (
        [sys.executable, "-c", code],
        {**os.environ, "PYTHONPATH": str(REPOSITORY), **environment},
    )
    folder = DIRECTORY / "app"
    return subprocess.check_output(command, cwd=folder, env=environ, text=True).split()


@pytest.mark.parametrize(("memory_mib", "threads"), [("1769", 1), ("3538", 2)])
def test_the_process_has_no_more_threads_than_vcpus(memory_mib: str, threads: int) -> None:
    code = "import os, model; model.load(); print(*os.listdir('/proc/self/task'))"
    found = printed(code, AWS_LAMBDA_FUNCTION_MEMORY_SIZE=memory_mib)
    assert len(found) == min(threads, os.cpu_count() or 1)


def test_the_model_needs_neither_numpy_nor_scipy_nor_pathlib_nor_aws() -> None:
    code = "import sys; before = set(sys.modules); import model; model.load()"
    loaded = printed(f"{code}; print(*set(sys.modules) - before)")
    unneeded = {"numpy", "scipy", "pathlib", "xgboost", "engines.onnx", "serving", "awslambdaric"}
    assert "engines.xgboost" in loaded
    assert not unneeded & set(loaded)


@pytest.fixture
def classifier(tmp_path: Path) -> ModuleType:
    """The module app of a copy of the directory with a model of three classes of 6 numbers."""
    copy = tmp_path / "app"
    shutil.copytree(DIRECTORY / "app", copy, ignore=shutil.ignore_patterns("__pycache__"))
    of_objective("multi:softprob").save_model(copy / "model.ubj")
    return import_app(str(tmp_path))["app"]


def test_a_model_of_three_classes_in_its_place_answers_three_numbers_a_row(
    classifier: ModuleType,
) -> None:
    table = rows(5, missing=False)
    wanted = predicted(of_objective("multi:softprob"), table).tolist()
    reply = post(classifier.handler, json.dumps({"input_X": table.tolist()}))
    assert reply.body == {"message": "Succesful Prediction", "predictions": wanted}
    reply = post(classifier.handler, json.dumps({"input_X": table[3].tolist()}))
    assert reply.body == {"message": "Succesful Prediction", "prediction": wanted[3]}


def test_a_model_in_its_place_takes_rows_of_its_own_length(classifier: ModuleType) -> None:
    reply = post(classifier.handler, json.dumps({"input_X": [0] * 13}))
    assert reply.status == 400
    assert reply.body == {"message": "input_X: a row has 6 numbers, got 13"}
