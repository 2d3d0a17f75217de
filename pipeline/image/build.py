"""Builds a model's image."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from pipeline.commands import note, run, say
from pipeline.errors import ImageError
from pipeline.image.base import start_docker
from pipeline.image.failures import missing_library
from pipeline.image.metadata import PLATFORMS
from pipeline.image.requirements import check_requirements
from pipeline.image.wheelhouse import fill
from pipeline.model.directory import Model

WHEELS = "wheels"
RUNTIME = "serving/requirements.txt"  # what every image of the examples installs beside its own
LAST_LINES = 200  # of a build, among which the reason is
# An image with attestations is an index, which Lambda refuses.
ENVIRON = {"BUILDX_NO_DEFAULT_ATTESTATIONS": "1"}


def build_image(model: Model, context: Path, image: str, stage: str = "") -> None:
    """Build the image of a context under a name.

    Args:
        model: whose context it is, with its base image among the arguments.
        context: what `Model.make_context` made; gets the wheels where a wheelhouse is asked for.
        image: the name, `<repository>:<tag>`.
        stage: of the Dockerfile, to stop at; empty for the last.

    Raises:
        ImageError: the build failed; the reason was shown.
        PipError: a wheel cannot be had.
    """
    say(f"Build: {image}")
    start_docker()
    if model.settings["WHEELHOUSE"] == "1":
        fill_wheelhouse(model, context)
    target = ("--target", stage) if stage else ()
    command = ("docker", "build", *_options(model, context), *target, "--tag", image, str(context))
    printed: deque[str] = deque(maxlen=LAST_LINES)
    if not run(command, {**os.environ, **ENVIRON, **model.arguments}, printed.append):
        missing = missing_library("".join(printed))
        above = "the image was not built; the reason stands above. Nothing was pushed"
        raise ImageError(f"{above}\n{missing}" if missing else above)


def fill_wheelhouse(model: Model, context: Path) -> None:
    """Download the wheels of a context with this machine's pip."""
    values = model.settings
    files = [context / values["WHEELS_FOR"]]
    if (context / RUNTIME).is_file():
        files.append(context / RUNTIME)
    for file in files:
        check_requirements(file, context)
    target = (values["RUNTIME_VERSION"], values["ARCHITECTURE"])
    wheels = fill(files, context / WHEELS, *target)
    note(f"{len(wheels)} wheels in {context / WHEELS}")


def _options(model: Model, context: Path) -> Iterator[str]:
    yield from ("--platform", f"linux/{PLATFORMS[model.settings['ARCHITECTURE']]}")
    yield from ("--file", str(context / model.dockerfile))
    for name in model.arguments:
        yield from ("--build-arg", name)  # its value comes from the environment, and is not shown
