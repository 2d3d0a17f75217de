"""Builds the example's images from one context."""

import os
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.image.build import RUNTIME
from pipeline.image.wheelhouse import fill
from pipeline.model.context import make_context
from tests.pytorch_example.conftest import DIRECTORY


def docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True)


class Builder:
    """Builds the example's image from one context, with the wheels that this machine's pip gets."""

    def __init__(self, folder: Path, base_image: str) -> None:
        self.context = make_context(DIRECTORY, into=folder)
        self.base_image = base_image
        self.names: list[str] = []
        files = [self.context / RUNTIME, self.context / "variants/onnx/wheels.txt"]
        # The index of PyTorch's builds may be out of reach where the wheel is on the machine.
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PIP_RETRIES", "0")
            fill(files, self.context / "wheels", "3.11", "x86_64")
        (self.context / "files").mkdir(exist_ok=True)

    def build(self, **arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs `docker build`; the image's name is the last of `names`."""
        self.names.append(f"pytorch-example-test:{uuid.uuid4().hex[:12]}")
        arguments = {"BASE_IMAGE": self.base_image, **arguments}
        options = [f"--build-arg={name}={value}" for name, value in arguments.items()]
        return docker("build", "-q", "-t", self.names[-1], *options, str(self.context))

    def image(self, **arguments: str) -> str:
        """The name of an image that must be built."""
        built = self.build(**arguments)
        assert built.returncode == 0, built.stdout + built.stderr
        return self.names[-1]


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory, base_image: str) -> Iterator[Builder]:
    made = Builder(tmp_path_factory.mktemp("build"), os.environ.get("BASE_IMAGE", base_image))
    yield made
    docker("image", "rm", "-f", *made.names)
