"""A virtual environment with MLflow, made once for each version: it is too large for the tests'."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.model_directory import REPOSITORY

MLFLOW = "mlflow-skinny==3.17.2"  # MLflow's API, without its server


def python_with_mlflow() -> str:
    """The interpreter of the environment, which also sees the libraries of the tests' own."""
    folder = REPOSITORY / ".build" / "tests" / MLFLOW
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        python = str(folder / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", MLFLOW], check=True)
        (_packages(folder) / "tests.pth").write_text(sysconfig.get_path("purelib") + "\n")
        (folder / "made").touch()
    return str(folder / "bin" / "python")


def _packages(folder: Path) -> Path:
    (found,) = folder.glob("lib/python*/site-packages")
    return found
