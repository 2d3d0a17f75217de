"""The instructions of a Dockerfile, stage by stage, with what is known of their variables."""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import NamedTuple

INSTRUCTION = re.compile(r"\s*([A-Za-z]+)\s+(.*)", re.DOTALL)
CONTINUED = re.compile(r"\\[ \t]*\n")
COMMENT = re.compile(r"^[ \t]*#[^\n]*(?:\n|$)", re.MULTILINE)
REFERENCE = re.compile(r"\$\{(\w+)\}|\$(\w+)")
HANDLER = re.compile(r'\[\s*"([\w.]+)"\s*\]')
BUILT_IN = {"LAMBDA_TASK_ROOT": "/var/task"}  # of AWS's base images


class Copy(NamedTuple):
    """Files of the context that a stage has: patterns, and where they go."""

    sources: list[str]
    target: str


class Image:
    """What a stage has in the end."""

    def __init__(self, base: Image | None = None) -> None:
        """Begin where another stage ended."""
        self.folder: str = base.folder if base else "/"
        self.variables: dict[str, str] = dict(base.variables) if base else {}
        self.copies: list[Copy] = list(base.copies) if base else []
        self.runs: list[str] = []
        self.handler: str = base.handler if base else "app.handler"


def read_images(text: str, arguments: Mapping[str, str]) -> list[Image]:
    """Read the stages of a Dockerfile, in order.

    Args:
        text: the Dockerfile's.
        arguments: of the build, which win over its defaults.
    """
    images = [Image()]  # what stands before the first FROM
    named: dict[str, Image] = {}
    values = dict(BUILT_IN)
    for name, rest in _instructions(text):
        if name == "FROM":
            words = [word for word in filled(rest, values).split() if not word.startswith("--")]
            images.append(Image(named.get(words[0])))
            named[words[-1]] = images[-1]
        elif name == "ARG":
            key, _, default = rest.strip().partition("=")
            values[key] = arguments.get(key) or filled(default.strip("\"'"), values)
        else:
            _take(images[-1], name, rest, values)
    return images


def _take(image: Image, name: str, rest: str, values: Mapping[str, str]) -> None:
    known = {**values, **image.variables}
    if name == "ENV":
        pairs = (word.partition("=") for word in shlex.split(rest))
        image.variables.update((key, filled(value, known)) for key, _, value in pairs)
    elif name == "WORKDIR":
        image.folder = posixpath.join(image.folder, filled(rest.strip(), known))
    elif name in ("COPY", "ADD"):
        image.copies += _copy(_words(filled(rest, known)), image.folder)
    elif name == "RUN":
        image.runs.append(filled(rest, known))
    elif name == "CMD" and (found := HANDLER.search(rest)):
        image.handler = found[1]


def _words(rest: str) -> list[str]:
    """Read the words of an instruction, which may be a list in JSON."""
    options, bracket, inside = rest.partition("[")
    if bracket and inside.rstrip().endswith("]"):
        return [*options.split(), *json.loads(bracket + inside)]
    return shlex.split(rest)


def _copy(words: list[str], folder: str) -> Iterator[Copy]:
    if not any(word.startswith("--from") for word in words):
        *sources, target = [word for word in words if not word.startswith("--")]
        yield Copy(sources, posixpath.normpath(posixpath.join(folder, target)) + _slash(target))


def _slash(target: str) -> str:
    return "/" if target.endswith(("/", ".")) else ""


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    for line in CONTINUED.sub(" ", COMMENT.sub("", text)).splitlines():
        if found := INSTRUCTION.fullmatch(line):
            yield found[1].upper(), found[2]


def filled(text: str, values: Mapping[str, str]) -> str:
    """Replace what is known of `${NAME}`; the shell's own stay."""
    return REFERENCE.sub(lambda found: values.get(found[1] or found[2], found[0]), text)
