"""What of a Dockerfile holds without Docker: packages, files, variables, what reads the model."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pipeline.loop.instructions import Copy, Image, read_images

TASK = "/var/task"
SEPARATORS = re.compile(r"&&|\|\||[;{}]")
BUILD_MODULE = "apps.build."
# It needs the library that a network was trained with, or a compiler.
ENGINE_BUILD = re.compile(r"-m (engines\.\w+\.build)\s")
# What the loop sets itself: the image's values are folders of the image.
FOLDERS = frozenset({"PATH", "LAMBDA_TASK_ROOT", "HOME", "PYTHONPATH"})


class Install(NamedTuple):
    """A requirements file of the context, and whether its packages bring their own requirements."""

    file: str
    dependencies: bool


class Recipe(NamedTuple):
    """What of a Dockerfile is done here.

    Attributes:
        installs: what pip installs for the app, in order.
        copies: what of the context is in the app's folder, in order; targets are below it.
        variables: of the image that runs.
        steps: the words behind `python -m`, of what reads the model while the image is built.
        unfollowed: modules that make files for the app, and are left to the image's build.
        handler: module and function, `app.handler`.
    """

    installs: list[Install]
    copies: list[Copy]
    variables: dict[str, str]
    steps: list[list[str]]
    unfollowed: list[str]
    handler: str


def read_recipe(text: str, arguments: Mapping[str, str]) -> Recipe:
    """Read a Dockerfile; what it does beside that is left to the image.

    Args:
        text: the Dockerfile's.
        arguments: of the build, which win over its defaults.
    """
    images = read_images(text, arguments)
    last = images[-1]
    commands = [command for image in images for command in _commands(image)]
    return Recipe(
        installs=[*_installs(images, last.variables.get("PATH", ""))],
        copies=[*_task_copies(images)],
        variables={key: last.variables[key] for key in last.variables.keys() - FOLDERS},
        steps=[*_steps(commands)],
        unfollowed=ENGINE_BUILD.findall(" ".join(commands)),
        handler=last.handler,
    )


def _commands(image: Image) -> list[str]:
    return [command for run in image.runs for command in SEPARATORS.split(run)]


def _task_copies(images: list[Image]) -> Iterator[Copy]:
    for image in images:
        for copy in image.copies:
            if (copy.target + "/").startswith(TASK + "/"):
                yield copy._replace(target=copy.target[len(TASK) :].lstrip("/"))


def _installs(images: list[Image], path: str) -> Iterator[Install]:
    """List what is installed where the running image finds it, as pip's `--python` says."""
    for image in images:
        for words in map(str.split, _commands(image)):
            if "install" not in words or ("pip" not in words and "pip3" not in words):
                continue
            place = _after(words, "--python")
            if place and path and f"{place[0]}/bin" not in path.split(":"):
                continue
            for file in _after(words, "-r", "--requirement"):
                if origin := _origin(posixpath.join(image.folder, file), image):
                    yield Install(origin, "--no-deps" not in words)


def _after(words: list[str], *options: str) -> list[str]:
    return [word for option, word in zip(words, words[1:]) if option in options]


def _origin(path: str, image: Image) -> str:
    """Find the file of the context that an image has at a path; nothing where there is none."""
    for copy in reversed(image.copies):
        for source in copy.sources:
            name = posixpath.basename(source)
            is_folder = copy.target.endswith("/") or len(copy.sources) > 1
            if path == (posixpath.join(copy.target, name) if is_folder else copy.target):
                return source
            inside = posixpath.join(copy.target, "")
            if not name and path.startswith(inside):
                return posixpath.join(source, path[len(inside) :])
    return ""


def _steps(commands: list[str]) -> Iterator[list[str]]:
    for command in commands:
        if f"-m {BUILD_MODULE}" in command:
            words = shlex.split(command.partition(">")[0])
            yield words[words.index("-m") + 1 :]
