import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.model_directory import REPOSITORY

from .conftest import DIRECTORY
from .images import leave_trees_out


@pytest.fixture
def task(tmp_path: Path) -> Path:
    """The folder of an image with its code and its model."""
    ignored = shutil.ignore_patterns("__pycache__")
    folder = tmp_path / "a task"
    shutil.copytree(DIRECTORY / "app", folder, ignore=ignored)
    shutil.copytree(REPOSITORY / "engines", folder / "engines", ignore=ignored)
    return folder


def parity(task: Path) -> "subprocess.CompletedProcess[str]":
    """What the build of Dockerfile.source runs at its end."""
    command = [sys.executable, "-m", "export.parity", sys.executable, str(task), "boston.csv"]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        command, cwd=DIRECTORY, env=environment, capture_output=True, text=True, check=False
    )


def test_the_wheel_s_own_predictions_differ_in_no_row(task: Path) -> None:
    done = parity(task)
    assert done.returncode == 0
    assert done.stdout.startswith("506 rows are predicted as by XGBoost's wheel, within 0.0e+00 ")


def test_predictions_with_fewer_trees_are_refused_with_the_row_of_the_largest_difference(
    task: Path,
) -> None:
    leave_trees_out(task / "engines/xgboost.py")
    done = parity(task)
    assert done.returncode == 1
    assert done.stderr.startswith("parity: row ")
    assert "build from Dockerfile instead" in done.stderr


def test_an_image_that_cannot_predict_is_refused(task: Path) -> None:
    (task / "engine.py").write_text("raise ImportError('libgomp.so.1 is missing')\n")
    done = parity(task)
    assert done.returncode != 0
    assert "libgomp.so.1 is missing" in done.stderr
