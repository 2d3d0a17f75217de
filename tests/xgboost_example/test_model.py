import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.engines.lightgbm.models import of_objective as lightgbm_of
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


README = (DIRECTORY / "README.md").read_text()
Serve = Callable[..., ModuleType]


@pytest.fixture
def serve(tmp_path: Path) -> Serve:
    """Make the module app of a copy of the directory with another model, and engine.py."""

    def make(model: Any, name: str = "model.ubj", engine: str = "") -> ModuleType:
        copy = tmp_path / "app"
        shutil.copytree(DIRECTORY / "app", copy, ignore=shutil.ignore_patterns("__pycache__"))
        model.save_model(copy / name)
        if engine:
            (copy / "engine.py").write_text(engine)
        return import_app(str(tmp_path))["app"]

    return make


def answer(app: ModuleType, input_x: Any) -> Any:
    return post(app.handler, json.dumps({"input_X": input_x})).body


def test_a_model_of_three_classes_in_its_place_answers_three_numbers_a_row(serve: Serve) -> None:
    app, table = serve(of_objective("multi:softprob")), rows(5, missing=False)
    wanted = predicted(of_objective("multi:softprob"), table).tolist()
    message = "Succesful Prediction"
    assert answer(app, table.tolist()) == {"message": message, "predictions": wanted}
    assert answer(app, table[3].tolist()) == {"message": message, "prediction": wanted[3]}


def test_a_model_in_its_place_takes_rows_of_its_own_length(serve: Serve) -> None:
    app = serve(of_objective("reg:squarederror"))
    assert answer(app, [0] * 13) == {"message": "input_X: a row has 6 numbers, got 13"}


def test_the_readme_s_engine_serves_a_model_of_lightgbm(serve: Serve) -> None:
    engine = 'from engines.lightgbm import Booster\n\nEngine, FILE = Booster, "model.txt"\n'
    assert textwrap.indent(engine, "    ") in README
    native, table = lightgbm_of("multiclass"), rows(5, missing=False).astype(np.float64)
    app = serve(native, "model.txt", engine)
    wanted = np.asarray(native.predict(table)).tolist()
    assert answer(app, table.tolist())["predictions"] == wanted
