"""The context that an image is built from: a copy of the model directory, and what it asks for.

    docker build "$(python3 -m pipeline context ./xgboost-example)"

`serving/`, `engines/`, `apps/`, `golden/`, an empty `wheels/` and `files/` are added where the
Dockerfile mentions them and the directory has none of its own. The files that build arguments name
go to `files/`. The model directory is only read.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from pipeline.errors import ContextError
from pipeline.model.build_arguments import CONTEXT_FILES
from pipeline.model.contents import choice, left_out
from pipeline.model.dockerfile import mentions, read_dockerfile
from pipeline.places import BUILD, ROOT

CONTEXTS = BUILD / "contexts"
SHARED = ("serving", "engines", "apps", "golden")  # packages of the repository that images take in


def make_context(
    directory: Path,
    dockerfile: str = "Dockerfile",
    files: Iterable[Path] = (),
    into: Path = CONTEXTS,
    allowed: Collection[str] = (),
) -> Path:
    """Make the context of a model directory, replacing an earlier one in one step.

    Args:
        directory: the model directory, anywhere on disk.
        dockerfile: the Dockerfile's path inside it.
        files: files from elsewhere that the build needs.
        into: the folder that contexts are made in; a new one is for this user alone.
        allowed: paths in the directory that go in although they would be refused.

    Returns:
        `into / <the directory's name>`.

    Raises:
        DockerfileError: there is no such Dockerfile.
        ContextError: a link out of the directory, to nowhere or in a circle, a special file, or
            one that may hold a secret.
        OSError: a file that cannot be read, or no room for the copy.
    """
    directory = Path(os.path.abspath(directory))  # with the name that it was given, if it is a link
    text = read_dockerfile(directory, dockerfile)
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into, prefix=".context-") as draft:
        context = Path(draft) / "context"
        _copy(directory, context, allowed)
        _open_to_all(context)
        _add_parts(context, text)
        _let_docker_see_parts(context)
        for file in files:
            shutil.copy(file, context / CONTEXT_FILES)
        _open_to_all(context)
        return _swap(context, into / directory.name, Path(draft))


def _copy(directory: Path, context: Path, allowed: Collection[str]) -> None:
    # Links are followed: a context cannot reach outside itself.
    try:
        shutil.copytree(directory, context, ignore=choice(directory, allowed))
    except shutil.Error as error:
        source, _, reason = error.args[0][0]
        raise ContextError(f"cannot copy {source}: {reason}") from error


def _add_parts(context: Path, dockerfile_text: str) -> None:
    for package in SHARED:
        if mentions(dockerfile_text, package) and not (context / package).exists():
            shutil.copytree(ROOT / package, context / package, ignore=_left_out)
    for folder in ("wheels", CONTEXT_FILES):
        if mentions(dockerfile_text, folder):
            (context / folder).mkdir(exist_ok=True)


def _left_out(_folder: str, names: list[str]) -> set[str]:
    return set(left_out(names))


def _let_docker_see_parts(context: Path) -> None:
    """Take what was added out of what the directory tells Docker to ignore."""
    for file in context.glob("*.dockerignore"):
        lines = [f"!{name}" for name in (*SHARED, "wheels", CONTEXT_FILES)]
        file.write_text("\n".join([file.read_text(encoding="utf-8"), *lines]) + "\n")


def _open_to_all(context: Path) -> None:
    # Lambda runs as a user of its own: a file that only its owner may read would fail there alone.
    for path in (context, *everything_in(context)):
        executable = path.is_dir() or os.access(path, os.X_OK)
        path.chmod(0o755 if executable else 0o644)


def everything_in(context: Path) -> Iterator[Path]:
    """List all files and folders below a folder, in an order that does not change."""
    yield from sorted(context.rglob("*"))


def _swap(context: Path, target: Path, attic: Path) -> Path:
    if target.exists():
        target.rename(attic / "before")
    context.rename(target)
    return target
