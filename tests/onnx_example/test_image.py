import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.model.context import make_context
from tests.bare import check_bare
from tests.engines.onnx.models import optional
from tests.images import check_as_lambda

from .conftest import DIRECTORY

pytestmark = pytest.mark.docker
MOST_MB_ABOVE_THE_BASE = 50


def docker(*arguments: str) -> str:
    command = ("docker", *arguments)
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def build(model_directory: Path, name: str, base: str, contexts: Path) -> None:
    context = make_context(model_directory, into=contexts)
    docker("build", "-q", "-t", name, "--build-arg", f"BASE_IMAGE={base}", str(context))


@pytest.fixture(scope="module")
def image(base_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The image of onnx-example, built from a context of its own."""
    name = f"onnx-example-test:{uuid.uuid4().hex[:12]}"
    build(DIRECTORY, name, base_image, tmp_path_factory.mktemp("build"))
    yield name
    docker("image", "rm", name)


@pytest.fixture(scope="module")
def files(image: str) -> list[Path]:
    """What the image has in the virtual environment and the task's folder."""
    found = "find /opt/venv /var/task -type f"
    return [*map(Path, docker("run", "--rm", "--entrypoint", "sh", image, "-c", found).split())]


def size_mb(image: str) -> float:
    return int(docker("image", "inspect", "-f", "{{.Size}}", image)) / 1e6


@pytest.mark.parametrize("memory_mib", ["128", "3538"])
def test_the_image_answers_its_example_as_lambda_runs_it(image: str, memory_mib: str) -> None:
    check_as_lambda(image, DIRECTORY, memory_mib)


def test_the_image_is_not_much_larger_than_its_base(image: str, base_image: str) -> None:
    assert size_mb(image) - size_mb(base_image) < MOST_MB_ABOVE_THE_BASE


def test_of_onnxruntime_the_image_has_the_library_and_its_licences(files: list[Path]) -> None:
    package = {path.name for path in files if "onnxruntime" in path.parts}
    (library,) = package - {"LICENSE", "ThirdPartyNotices.txt"}
    assert library.startswith("libonnxruntime.so.")
    assert not [path for path in files if "numpy" in path.parts]


def test_neither_the_data_nor_the_making_is_in_the_image(files: list[Path]) -> None:
    names = {path.name for path in files}
    assert "model.onnx" in names and not {"make_model.py", "penguins.csv"} & names


def test_building_it_left_nothing_of_onnx_runtime_s_telemetry_in_the_image(image: str) -> None:
    assert docker("run", "--rm", "--user", "0", "--entrypoint", "find", image, "/tmp") == "/tmp"


def test_a_model_that_cannot_be_served_ends_the_build_with_the_reason(
    base_image: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(DIRECTORY, tmp_path / "a copy")
    optional(copy / "app/model.onnx")
    with pytest.raises(subprocess.CalledProcessError):
        build(copy, f"onnx-example-test:{uuid.uuid4().hex[:12]}", base_image, tmp_path / "build")
    assert "input x is optional" in capfd.readouterr().err


def test_what_only_builds_need_is_not_in_the_image(image: str) -> None:
    check_bare(image)
