import os
import subprocess
import sys
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.model_directory import REPOSITORY

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
    unneeded = {"numpy", "scipy", "pathlib", "xgboost", "serving", "awslambdaric"}
    assert "booster" in loaded
    assert not unneeded & set(loaded)
