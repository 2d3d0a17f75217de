"""Images of base-example and of its copies, as the pipeline builds and checks them."""

import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from pipeline.image.build import RUNTIME
from pipeline.image.check import check_image
from pipeline.image.function import function_of
from pipeline.image.wheelhouse import fill
from pipeline.model.build_arguments import build_arguments
from pipeline.model.context import make_context
from pipeline.model.directory import read_model
from pipeline.model.settings import read_model_env, settings
from tests.model_directory import REPOSITORY


class Built(NamedTuple):
    """An image, or a build that failed."""

    name: str
    is_built: bool
    output: str  # of the build


class Builder:
    """Builds images, and removes them in the end."""

    def __init__(self, base_image: str, contexts: Path) -> None:
        self.base_image, self.contexts = base_image, contexts
        self.names: list[str] = []

    def build(self, directory: Path) -> Built:
        """Run `docker build` with what the directory's model.env sets."""
        context = make_context(directory, into=self.contexts / uuid.uuid4().hex)
        if settings(read_model_env(directory / "model.env"), {})["WHEELHOUSE"] == "1":
            fill_wheelhouse(context)
        arguments = build_arguments(directory, "Dockerfile", {"BASE_IMAGE": self.base_image})
        options = [f"--build-arg={name}={value}" for name, value in arguments.items()]
        name = f"base-example-test:{uuid.uuid4().hex[:12]}"
        done = docker("build", "-t", name, *options, str(context))
        if done.returncode == 0:
            self.names.append(name)
        return Built(name, done.returncode == 0, done.stdout + done.stderr)

    def image(self, directory: Path) -> Built:
        """An image that must be built."""
        built = self.build(directory)
        assert built.is_built, built.output
        return built

    def remove(self) -> None:
        """Remove the images."""
        docker("image", "rm", "--force", *self.names)


@contextmanager
def builder(base_image: str, contexts: Path) -> Iterator[Builder]:
    """A builder whose images are gone afterwards."""
    made = Builder(base_image, contexts)
    try:
        yield made
    finally:
        made.remove()


def fill_wheelhouse(directory: Path) -> None:
    """Download the wheels with this machine's pip; a wheel may be here that no index here has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_RETRIES", "0")
        files = [REPOSITORY / RUNTIME, directory / "app/requirements.txt"]
        fill(files, directory / "wheels", "3.11", "x86_64")


def docker(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command of the engine's client."""
    return subprocess.run(["docker", *arguments], input=stdin, capture_output=True, text=True)


def run_in(image: str, program: str, *arguments: str, stdin: str = "") -> str:
    """What a program prints in a container of the image, run by Lambda's user."""
    options = ("--rm", "-i", "--entrypoint", program)
    done = docker("run", *options, image, *arguments, stdin=stdin)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def check_example(image: str, directory: Path) -> None:
    """Fail unless the image answers the directory's example under Lambda's restrictions."""
    check_image(function_of(read_model(directory, "Dockerfile", os.environ), "model", image))


def without_bytecode(image: str, folder: str) -> set[str]:
    """The modules below a folder that the image would compile at each start."""
    files = run_in(image, "find", folder, "-name", "*.py*").splitlines()
    compiled = {path.split(".cpython-")[0] for path in files if path.endswith(".pyc")}
    modules = {path.removesuffix(".py") for path in files if path.endswith(".py")}
    return modules - {path.replace("/__pycache__/", "/") for path in compiled}
