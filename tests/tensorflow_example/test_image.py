"""The image of tensorflow-example, with the real model where the test data has it."""

import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.model.context import make_context
from tests.images import check_as_lambda
from tests.model_directory import REPOSITORY
from tests.shared import shared_file

pytestmark = pytest.mark.docker
DIRECTORY = REPOSITORY / "tensorflow-example"
MOST_MB_ABOVE_THE_BASE = 45


def docker(*arguments: str) -> str:
    command = ("docker", *arguments)
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


@pytest.fixture(scope="module")
def image(base_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The image, built with the model of the test data."""
    model = shared_file("mobilenet_v2_1.0_224_int8.tflite")
    name = f"tensorflow-example-test:{uuid.uuid4().hex[:12]}"
    context = make_context(DIRECTORY, files=[model], into=tmp_path_factory.mktemp("build"))
    arguments = (f"BASE_IMAGE={base_image}", f"MODEL_FILE=files/{model.name}")
    given = [option for argument in arguments for option in ("--build-arg", argument)]
    docker("build", "-q", "-t", name, *given, str(context))
    yield name
    docker("image", "rm", name)


@pytest.mark.parametrize("memory_mib", ["256", "3538"])
def test_the_image_answers_its_example_as_lambda_runs_it(image: str, memory_mib: str) -> None:
    check_as_lambda(image, DIRECTORY, memory_mib)


def test_the_image_has_of_litert_its_library_alone_and_no_numpy(image: str) -> None:
    listed = "find /opt/venv /var/task -type f"
    found = [*map(Path, docker("run", "--rm", "--entrypoint", "sh", image, "-c", listed).split())]
    packages = {path.parts[6] for path in found if "site-packages" in path.parts}
    assert "ai_edge_litert" in packages and "numpy" not in packages
    libraries = [path.name for path in found if "ai_edge_litert" in path.parts]
    assert libraries == ["libLiteRt.so"]
    assert any("ai_edge_litert" in str(path) and path.name == "LICENSE" for path in found)


def test_the_image_is_small(image: str, base_image: str) -> None:
    sizes = [
        int(docker("image", "inspect", "-f", "{{.Size}}", name)) for name in (image, base_image)
    ]
    assert (sizes[0] - sizes[1]) / 1e6 < MOST_MB_ABOVE_THE_BASE
