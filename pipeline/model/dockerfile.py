"""What a Dockerfile says: its build arguments, and the folders that it mentions."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from pipeline.errors import DockerfileError

ARGUMENT = re.compile(r"^\s*ARG\s+([A-Za-z_][A-Za-z0-9_]*)", re.MULTILINE | re.IGNORECASE)
# An instruction that copies the whole context, or what a pattern names.
WHOLE = re.compile(
    r"^\s*(COPY|ADD)\s+(--\S+\s+)*(\[\s*\")?(\./?[\s\"]|(\./)?[^\s/]*\*)", re.M | re.I
)
COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)


def read_dockerfile(directory: Path, dockerfile: str) -> str:
    """Read a Dockerfile of a model directory.

    Raises:
        DockerfileError: there is none, or it lies outside the directory.
    """
    path = (directory / dockerfile).resolve()
    if directory.resolve() not in path.parents:
        raise DockerfileError(f"{dockerfile} is not inside {directory}; -f takes a path in it")
    if not path.is_file():
        raise DockerfileError(
            f"{directory} has no {dockerfile}: it is not a model directory. Name one, or copy"
            " base-example/ for a start"
        )
    return path.read_text(encoding="utf-8")


def declared(text: str) -> list[str]:
    """List the names of a Dockerfile's build arguments, each once, in their order."""
    return list(dict.fromkeys(ARGUMENT.findall(text)))


def unread(text: str, names: Collection[str]) -> list[str]:
    """List those of a context's files that no instruction of a Dockerfile reads."""
    if WHOLE.search(COMMENT.sub("", text)):
        return []
    return [name for name in names if not mentions(text, re.escape(name))]


def mentions(text: str, folder: str) -> bool:
    """Tell whether an instruction of a Dockerfile names a folder."""
    return re.search(rf"\b{folder}\b", COMMENT.sub("", text)) is not None
