"""The golden request that a model's own library answers, in a stage `golden` of its Dockerfile.

The stage leaves `/golden/example.json`, and perhaps `/golden/found.txt`, which tells a person what
the model takes. It runs the library's own package, which the image does not have.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from pipeline.commands import say
from pipeline.errors import DockerError, DockerfileError, GoldenError
from pipeline.image.base import with_base
from pipeline.image.build import build_image
from pipeline.image.containers import docker, docker_output
from pipeline.model.directory import read_model
from pipeline.model.dockerfile import read_dockerfile
from pipeline.model.golden import FILE, Golden, read_golden
from pipeline.scratch import scratch_folder
from pipeline.stopping import signals_wait

STAGE = "golden"
FOUND = "found.txt"
HAS_STAGE = re.compile(rf"^\s*FROM\s.*\sAS\s+{STAGE}\s*$", re.MULTILINE | re.IGNORECASE)
DOCKERFILE = "Dockerfile"


def make_golden(directory: Path, environ: Mapping[str, str], stays_here: bool) -> str:
    """Make the golden request of a model directory, and write it there.

    Args:
        directory: the model directory, whose Dockerfile has a stage `golden`.
        environ: exported settings and build arguments.
        stays_here: whether the image is for this machine alone.

    Returns:
        what the stage says of the model; empty where it says nothing.

    Raises:
        DockerfileError: there is no such stage.
        GoldenError: the stage left no golden request.
        ImageError: the stage cannot be built; the reason was shown.
    """
    if not HAS_STAGE.search(read_dockerfile(directory, DOCKERFILE)):
        raise DockerfileError(
            f"the {DOCKERFILE} of {directory} has no stage `{STAGE}` in which the model's library"
            f" answers: write {FILE} by hand, with the library's own answer"
        )
    say(f"Golden request: {directory.name} is asked of its library's own package")
    model = read_model(directory, DOCKERFILE, environ, golden=Golden(None, None))
    model = with_base(model, stays_here)
    with scratch_folder(None) as folder:
        image = f"{STAGE}:{os.getpid()}"  # a directory's name need not be a repository's
        try:
            build_image(model, model.make_context(folder / "context"), image, stage=STAGE)
            _copy_out(image, folder)
        finally:
            _remove(image)
        read_golden(folder / STAGE / FILE)
        shutil.copy(folder / STAGE / FILE, directory / FILE)
        found = folder / STAGE / FOUND
        return found.read_text(encoding="utf-8") if found.is_file() else ""


def _copy_out(image: str, into: Path) -> None:
    container = docker_output("create", image)
    try:
        docker_output("cp", f"{container}:/{STAGE}", str(into))
    except DockerError as error:
        raise GoldenError(f"the stage `{STAGE}` left no /{STAGE}/{FILE}: {error}") from error
    finally:
        docker_output("rm", container)


def _remove(image: str) -> None:
    """Remove an image's name; its layers stay, for the build of the model's image."""
    with signals_wait():
        docker("image", "rm", "--force", "--no-prune", image)
