import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import image_check
import pytest
import stage
import torch
import wheelhouse
from example import read_example
from settings import settings

from tests.model_directory import REPOSITORY
from tests.pytorch_example.compiled import SIDE, crop, trained
from tests.pytorch_example.conftest import DIRECTORY
from tests.pytorch_example.conftest import test_data as data_file
from tests.pytorch_example.parts import part

pytestmark = pytest.mark.docker
__all__ = ("trained",)  # a fixture
DOCKERFILE = "Dockerfile.onnx"
MOST_MB = 230
# Prints the percentages of the pixels on standard input, and whether a heavy package was imported.
PREDICT = """
import json, sys, model
percents = model.load().predict(sys.stdin.buffer.read())
print(json.dumps([percents, bool({"torch", "numpy", "onnxruntime"} & set(sys.modules))]))
"""


def docker(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["docker", *arguments], capture_output=True, **options)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the image is built from, with the wheels and the weights of the test data."""
    weights = data_file("mobilenet_v2-imagenet.pth")
    made = stage.stage(DIRECTORY, DOCKERFILE, [weights], tmp_path_factory.mktemp("build"))
    # The index of PyTorch's builds may be out of reach where the wheel is on the machine.
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_RETRIES", "0")
        wheelhouse.fill(made / "variants/onnx/wheels.txt", made / "wheels", "3.11", "x86_64")
    return made


def build(context: Path, base: str) -> tuple[str, str]:
    """The name of the image, and what the build said; the name is empty where there is none."""
    name = f"pytorch-example-test:{uuid.uuid4().hex[:12]}"
    values = (f"BASE_IMAGE={base}", "WEIGHTS_FILE=files/mobilenet_v2-imagenet.pth")
    options = [f"--build-arg={value}" for value in values]
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
    image: str, trained: Any, name: str
) -> None:
    pixels = crop(name)
    command = ("run", "--rm", "-i", "--entrypoint", "python", image, "-c", PREDICT)
    served, heavy = json.loads(docker(*command, input=pixels, check=True).stdout)
    photograph = torch.frombuffer(bytearray(pixels), dtype=torch.uint8).view(1, SIDE, SIDE, 3)
    native = part("export.compiling").percentages(trained, photograph)[0].tolist()
    assert part("export.exporting").compare(name, native, served) < 0.01
    assert not heavy


@pytest.mark.parametrize("memory_mib", ["256", "3538"])
def test_the_image_answers_the_example_as_lambda_runs_it(image: str, memory_mib: str) -> None:
    command = [sys.executable, str(REPOSITORY / "pipeline"), "emulator"]
    rie = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    values = settings({}, {**os.environ, "MEMORY_SIZE": memory_mib})
    image_check.check_image(image, read_example(DIRECTORY / "example.json"), Path(rie), values)


def test_a_network_that_answers_otherwise_ends_the_build_with_the_image(
    context: Path, base_image: str
) -> None:
    engine = context / "variants/onnx/engine.py"
    shutil.copy(engine, context / "before.py")
    dark = engine.read_text().replace("self._shape, values)]", "self._shape, bytes(len(values)))]")
    engine.write_text(dark)
    try:
        name, said = build(context, base_image)
    finally:
        (context / "before.py").replace(engine)
    assert not name
    assert "export: noise 0: PyTorch and ONNX Runtime are " in said


def test_of_the_engines_the_image_has_onnx_runtime_s_library_alone(
    files: list[PurePosixPath],
) -> None:
    package = {path.name for path in files if "onnxruntime" in path.parent.parts}
    (library,) = package - {"LICENSE", "ThirdPartyNotices.txt"}
    assert library.startswith("libonnxruntime.so.")
    left_out = {"torch", "numpy", "onnx", "onnxscript", "export", "libtorch.py", "network.so"}
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
