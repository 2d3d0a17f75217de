"""What a Dockerfile says: its build arguments, and the folders that it mentions.

    python3 tools/dockerfile.py ./xgboost-example Dockerfile BASE_IMAGE

exits with 0 where the Dockerfile has the build argument, and with 1 where it has not.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ARGUMENT = re.compile(r"^\s*ARG\s+([A-Za-z_][A-Za-z0-9_]*)", re.MULTILINE | re.IGNORECASE)
COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)


class DockerfileError(Exception):
    """There is no such Dockerfile."""


def read_dockerfile(directory: Path, dockerfile: str) -> str:
    """The text of a directory's Dockerfile.

    Raises:
        DockerfileError: there is none, or it lies outside the directory.
    """
    path = (directory / dockerfile).resolve()
    if directory.resolve() not in path.parents:
        raise DockerfileError(f"{dockerfile} is not inside {directory}; -f takes a path in it")
    if not path.is_file():
        raise DockerfileError(f"{directory} has no {dockerfile}; copy base-example/ for a start")
    return path.read_text(encoding="utf-8")


def declared(text: str) -> list[str]:
    """The names of a Dockerfile's build arguments, each once, in their order."""
    return list(dict.fromkeys(ARGUMENT.findall(text)))


def mentions(text: str, folder: str) -> bool:
    """Whether an instruction of a Dockerfile names a folder."""
    return re.search(rf"\b{folder}\b", COMMENT.sub("", text)) is not None


def main(arguments: list[str]) -> int:
    """0 or 1: whether a directory's Dockerfile has a build argument."""
    directory, dockerfile, argument = arguments
    return int(argument not in declared(read_dockerfile(Path(directory), dockerfile)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
