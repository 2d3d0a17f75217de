import json
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from engines.torch.build.description import Described
from pipeline.image.build import RUNTIME
from pipeline.image.wheelhouse import fill
from pipeline.model.context import make_context
from tests.bare import check_bare
from tests.images import check_as_lambda
from tests.pytorch_example.compiled import crop, described, eager
from tests.pytorch_example.conftest import DIRECTORY
from tests.pytorch_example.conftest import test_data as data_file

pytestmark = pytest.mark.docker
__all__ = ("described",)  # a fixture
DOCKERFILE = "Dockerfile.onnx"
MOST_MB = 230
# Prints the percentages of the pixels on standard input, and whether a heavy package was imported.
PREDICT = """
import json, sys, model
percents = model.load().predict(sys.stdin.buffer.read())
print(json.dumps([percents, bool({"torch", "numpy", "onnxruntime"} & set(sys.modules))]))
"""
# Answers otherwise once it is exported.
OTHERWISE = """
import torch
from torch import nn
from network.photographs import classifier

class Otherwise(nn.Module):
    def forward(self, images):
        sums = images.sum((2, 3))
        return sums / 9000 if torch.compiler.is_exporting() else sums / 10000

def described():
    return classifier(Otherwise(), ["red", "green", "blue"])
"""


def docker(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["docker", *arguments], capture_output=True, **options)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the image is built from, with the wheels and the weights of the test data."""
    weights = data_file("mobilenet_v2-imagenet.pth")
    made = make_context(DIRECTORY, DOCKERFILE, [weights], tmp_path_factory.mktemp("build"))
    # The index of PyTorch's builds may be out of reach where the wheel is on the machine.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_RETRIES", "0")
        files = [made / RUNTIME, made / "variants/onnx/wheels.txt"]
        fill(files, made / "wheels", "3.11", "x86_64")
    return made


def build(context: Path, base: str, **arguments: str) -> tuple[str, str]:
    """The name of the image, and what the build said; the name is empty where there is none."""
    name = f"pytorch-example-test:{uuid.uuid4().hex[:12]}"
    values = {"BASE_IMAGE": base, "WEIGHTS_FILE": "files/mobilenet_v2-imagenet.pth", **arguments}
    options = [f"--build-arg={name}={value}" for name, value in values.items()]
    built = docker("build", "-t", name, "-f", str(context / DOCKERFILE), *options, str(context))
    return "" if built.returncode else name, (built.stdout + built.stderr).decode()


@pytest.fixture(scope="module")
def image(context: Path, base_image: str) -> Iterator[str]:
    name, said = build(context, base_image)
    assert name, said
    yield name
    docker("image", "rm", "-f", name)


@pytest.fixture(scope="module")
def files(image: str) -> list[PurePosixPath]:
    """What the image has in the virtual environment and the task's folder."""
    found = docker("run", "--rm", "--entrypoint", "find", image, "/opt", "/var/task", "-type", "f")
    return [PurePosixPath(line) for line in found.stdout.decode().splitlines()]


@pytest.mark.parametrize("name", ["dog.jpg", "cat_720p.jpg", "hot_dog.jpg"])
def test_a_photograph_is_answered_as_pytorch_answers_it(
    image: str, described: Described, name: str
) -> None:
    pixels = crop(name)
    command = ("run", "--rm", "-i", "--entrypoint", "python", image, "-c", PREDICT)
    served, heavy = json.loads(docker(*command, input=pixels, check=True).stdout)
    assert served == pytest.approx(eager(described, pixels), abs=0.01)
    assert not heavy


@pytest.mark.parametrize("memory_mib", ["256", "3538"])
def test_the_image_answers_the_example_as_lambda_runs_it(image: str, memory_mib: str) -> None:
    check_as_lambda(image, DIRECTORY, memory_mib)


def test_a_network_that_answers_otherwise_ends_the_build_with_the_output_s_name(
    context: Path, base_image: str
) -> None:
    (context / "network/otherwise.py").write_text(OTHERWISE)
    name, said = build(context, base_image, DESCRIPTION="network.otherwise:described")
    assert not name
    assert "engines.onnx.build: percent, of the sample noise of photographs 1: element " in said


def test_of_the_engines_the_image_has_onnx_runtime_s_library_alone(
    files: list[PurePosixPath],
) -> None:
    package = {path.name for path in files if "onnxruntime" in path.parent.parts}
    (library,) = package - {"LICENSE", "ThirdPartyNotices.txt"}
    assert library.startswith("libonnxruntime.so.")
    installed = {path.parts[5] for path in files if path.is_relative_to("/opt") and path.parts[5:]}
    assert not installed & {"torch", "numpy", "onnx", "onnxscript"}
    left_out = {"network", "build", "network.so"}
    assert not [path for path in files if left_out & set(path.parts) or path.suffix == ".pth"]
    # The weights by themselves can be mapped into memory.
    assert {"network.onnx", "network.weights"} <= {path.name for path in files}


def test_the_image_is_less_than_half_of_the_other_engine_s(image: str) -> None:
    size = docker("image", "inspect", "-f", "{{.Size}}", image).stdout
    assert int(size) / 1e6 < MOST_MB


def test_every_module_has_its_bytecode(files: list[PurePosixPath]) -> None:
    compiled = {(path.parent.parent, path.name.split(".")[0]) for path in files}
    sources = {(path.parent, path.stem) for path in files if path.suffix == ".py"}
    assert sources and sources <= compiled


def test_what_builds_of_any_image_need_is_not_in_the_image(image: str) -> None:
    check_bare(image)
