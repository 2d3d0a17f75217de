"""What of a Dockerfile holds without Docker: packages, files, variables, what reads the model."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pipeline.loop.instructions import Copy, Image, filled, read_images

TASK = "/var/task"
SEPARATORS = re.compile(r"&&|\|\||[;{}]\s")
LOOP = re.compile(r"\bfor (\w+) in ([^;]+); *do\b(.*?)\bdone\b", re.DOTALL)
BUILD_MODULE = "apps.build."
# An environment of the build that reads the model has what the image may be given too.
READING = re.compile(rf"(/\S+)/bin/python\d?\S* -m {re.escape(BUILD_MODULE)}")
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
    installs = [*_installs(images)]
    reading = {f"{place}/bin" for command in commands for place in READING.findall(command)}
    path = [*reading, *last.variables.get("PATH", "").split(":")]
    return Recipe(
        installs=_of_the_first(path, installs),
        copies=[*_task_copies(images)],
        variables={key: last.variables[key] for key in last.variables.keys() - FOLDERS},
        steps=[*_steps(commands)],
        unfollowed=ENGINE_BUILD.findall(" ".join(commands)),
        handler=last.handler,
    )


def _commands(image: Image) -> list[str]:
    runs = (LOOP.sub(_unrolled, run) for run in image.runs)
    return [command for run in runs for command in SEPARATORS.split(run)]


def _unrolled(found: re.Match[str]) -> str:
    name, values, body = found.groups()
    return " ; ".join(filled(body, {name: value}) for value in values.split())


def _task_copies(images: list[Image]) -> Iterator[Copy]:
    for image in images:
        for copy in image.copies:
            if (copy.target + "/").startswith(TASK + "/"):
                yield copy._replace(target=copy.target[len(TASK) :].lstrip("/"))


def _installs(images: list[Image]) -> Iterator[tuple[str, Install]]:
    """List what is installed, each with the place that pip's `--python` says, or none."""
    for image in images:
        for words in map(str.split, _commands(image)):
            if "install" not in words or ("pip" not in words and "pip3" not in words):
                continue
            place = "".join(_after(words, "--python"))
            for file in _after(words, "-r", "--requirement"):
                if origin := _origin(posixpath.join(image.folder, file), image):
                    yield place, Install(origin, "--no-deps" not in words)


def _of_the_first(path: list[str], installs: list[tuple[str, Install]]) -> list[Install]:
    """Choose the environment that is first on a path; without any, take what is installed."""
    places = {place for place, _ in installs if place}
    chosen = [place for folder in path for place in places if folder == f"{place}/bin"]
    return [one for place, one in installs if not place or not chosen or place == chosen[0]]


def _after(words: list[str], *options: str) -> list[str]:
    return [word.strip("\"'") for option, word in zip(words, words[1:]) if option in options]


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
