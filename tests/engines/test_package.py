"""What the package promises as a whole: it needs the standard library and nothing of this one."""

import subprocess
import sys

import pytest

from tests.model_directory import REPOSITORY

ENGINES = ["engines.onnx", "engines.xgboost", "engines.lightgbm", "engines.litert"]
PROGRAM = "import sys, {}; print(*sys.modules)"


def imported(engine: str) -> set[str]:
    """The modules that importing an engine in a new process brings."""
    command = [sys.executable, "-S", "-c", PROGRAM.format(engine)]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("engine", ENGINES)
def test_importing_an_engine_imports_the_standard_library_and_its_own_modules_alone(
    engine: str,
) -> None:
    packages = {name.split(".")[0] for name in imported(engine)}
    assert packages - sys.stdlib_module_names == {"__main__", "engines"}
    assert "pathlib" not in packages  # 2 ms, a twentieth of a cold start


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_imports_neither_another_one_nor_what_few_models_need(engine: str) -> None:
    found = {name for name in imported(engine) if name.startswith("engines.")}
    assert {name for name in ENGINES if name in found} == {engine}
    assert not {"engines.engine", "engines.categories"} & found
