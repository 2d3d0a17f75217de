import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import stage

from tests.model_directory import REPOSITORY

pytestmark = pytest.mark.docker
MOST_MB_ABOVE_THE_BASE = 30


def run(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


@pytest.fixture(scope="module")
def base() -> str:
    made = str(REPOSITORY / "tools/base_image")
    return os.environ.get("BASE_IMAGE") or run(made, "3.11")


@pytest.fixture(scope="module")
def image(base: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The image of xgboost-example, built from a context of its own."""
    build = tmp_path_factory.mktemp("build")
    context = stage.stage(REPOSITORY / "xgboost-example", build=build)
    name = f"xgboost-example-test:{uuid.uuid4().hex[:12]}"
    run("docker", "build", "-q", "-t", name, "--build-arg", f"BASE_IMAGE={base}", str(context))
    yield name
    run("docker", "image", "rm", name)


@pytest.fixture(scope="module")
def files(image: str) -> list[Path]:
    """What the image has in the virtual environment and the task's folder."""
    found = "find /opt/venv /var/task -type f"
    return [
        *map(Path, run("docker", "run", "--rm", "--entrypoint", "sh", image, "-c", found).split())
    ]


def size_mb(image: str) -> float:
    return int(run("docker", "image", "inspect", "-f", "{{.Size}}", image)) / 1e6


def test_the_image_is_hardly_larger_than_its_base(image: str, base: str) -> None:
    assert size_mb(image) - size_mb(base) < MOST_MB_ABOVE_THE_BASE


def test_the_image_has_the_packages_of_its_requirements_and_no_other(files: list[Path]) -> None:
    requirements = (REPOSITORY / "xgboost-example/app/requirements.txt").read_text()
    pins = [line.replace("-", "_") for line in requirements.splitlines() if "==" in line]
    folders = {path.parent.name for path in files if path.name == "METADATA"}
    assert folders == {pin.replace("==", "-") + ".dist-info" for pin in pins}


def test_neither_tests_nor_the_training_are_in_the_image(files: list[Path]) -> None:
    assert files
    assert not [path for path in files if "tests" in path.parts or path.name == "train.py"]


def test_every_module_has_its_bytecode(files: list[Path]) -> None:
    compiled = {
        (path.parent.parent, path.name.split(".")[0]) for path in files if path.suffix == ".pyc"
    }
    sources = {(path.parent, path.stem) for path in files if path.suffix == ".py"}
    assert sources <= compiled


def test_the_image_runs_as_lambda_s_user(image: str) -> None:
    assert run("docker", "run", "--rm", "--entrypoint", "id", image, "-u") == "993"
