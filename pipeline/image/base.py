"""The base of a model's image: the one that is named, the official one, or one made here."""

from __future__ import annotations

import subprocess

from pipeline.commands import run, say, show
from pipeline.errors import ImageError
from pipeline.image.containers import has_image
from pipeline.model.directory import Model
from pipeline.model.dockerfile import declared, read_dockerfile
from pipeline.places import MACHINE

ARGUMENT = "BASE_IMAGE"


def start_docker() -> None:
    """Make sure that Docker's daemon answers; on Debian, root needs to have nothing installed.

    Raises:
        ImageError: there is none; the reason and the way out were shown.
    """
    if subprocess.run([str(MACHINE / "docker")], stdin=subprocess.DEVNULL).returncode:
        raise ImageError("there is no Docker to build with; the reason stands above")


def with_base(model: Model, stays_here: bool) -> Model:
    """Add the base image to a model's build arguments, where its Dockerfile takes one.

    Args:
        model: what is built.
        stays_here: whether the image is for this machine alone, so that a base made from Debian's
            packages will do.

    Raises:
        ImageError: no base can be had.
    """
    names = declared(read_dockerfile(model.directory, model.dockerfile))
    if ARGUMENT not in names or ARGUMENT in model.arguments:
        return model
    base = base_image(model.settings["RUNTIME_VERSION"], model.settings["ARCHITECTURE"], stays_here)
    return model._replace(arguments={ARGUMENT: base, **model.arguments})


def base_image(version: str, architecture: str, stays_here: bool) -> str:
    """Find the official base image, or else one made here; its name.

    Args:
        version: of Python, such as 3.11.
        architecture: x86_64 or arm64.
        stays_here: as for `with_base`.

    Raises:
        ImageError: no base can be had.
    """
    official = f"python:{version}-slim-bookworm"
    start_docker()
    if has_image(official):
        return official
    if stays_here and has_image(f"local/{official}"):
        return f"local/{official}"
    if run(("docker", "pull", official)):
        return official
    return _made_here(official, version, architecture, stays_here)


def _made_here(official: str, version: str, architecture: str, stays_here: bool) -> str:
    another = f"name another base: export {ARGUMENT}=…"
    if not stays_here:
        raise ImageError(
            f"the base image {official} cannot be pulled; the reason stands above. Mend that, or"
            f" {another}"
        )
    if architecture != "x86_64":
        raise ImageError(
            f"the base image {official} for {architecture} cannot be pulled, and one made here"
            f" would be for this machine only; {another}"
        )
    say(f"{official} cannot be pulled: making a base image from Debian's packages")
    command = (str(MACHINE / "base_image"), version)
    show(command)
    made = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    if made.returncode:
        raise ImageError(
            f"there is no base image; the reason stands above. Mend that, or {another}"
        )
    return made.stdout.strip()
