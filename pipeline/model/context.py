"""The context that an image is built from: a copy of the model directory, and what it asks for.

    docker build "$(python3 -m pipeline context ./xgboost-example)"

`serving/`, `engines/`, an empty `wheels/` and `files/` are added where the Dockerfile mentions them
and the directory has none of its own. The files that build arguments name go to `files/`. The model
directory is only read.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.errors import ContextError
from pipeline.model.build_arguments import CONTEXT_FILES
from pipeline.model.dockerfile import mentions, read_dockerfile
from pipeline.places import BUILD, ROOT

CONTEXTS = BUILD / "contexts"
SHARED = ("serving", "engines")  # packages of the repository that images take in
IGNORED = shutil.ignore_patterns(
    *(".git", ".hg", ".svn", ".venv", ".build", ".local", ".DS_Store"),
    *("__pycache__", "*.pyc", ".*_cache", ".ipynb_checkpoints"),
)


def make_context(
    directory: Path,
    dockerfile: str = "Dockerfile",
    files: Iterable[Path] = (),
    into: Path = CONTEXTS,
) -> Path:
    """Make the context of a model directory, replacing an earlier one in one step.

    Args:
        directory: the model directory, anywhere on disk.
        dockerfile: the Dockerfile's path inside it.
        files: files from elsewhere that the build needs.
        into: the folder that contexts are made in.

    Returns:
        `into / <the directory's name>`.

    Raises:
        DockerfileError: there is no such Dockerfile.
        ContextError: a link that leads nowhere or in a circle, or a special file.
        OSError: a file that cannot be read, or no room for the copy.
    """
    directory = Path(os.path.abspath(directory))  # with the name that it was given, if it is a link
    text = read_dockerfile(directory, dockerfile)
    _refuse_circles(directory)
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into, prefix=".context-") as draft:
        context = Path(draft) / "context"
        _copy(directory, context)
        _add_parts(context, text)
        for file in files:
            shutil.copy(file, context / CONTEXT_FILES)
        _open_to_all(context)
        return _swap(context, into / directory.name, Path(draft))


def _refuse_circles(folder: Path, above: frozenset[str] = frozenset()) -> None:
    above |= {os.path.realpath(folder)}
    for child in os.scandir(folder):
        if child.is_dir():
            if os.path.realpath(child.path) in above:
                raise ContextError(f"{child.path} is a link to a folder that it lies in; remove it")
            _refuse_circles(Path(child.path), above)


def _copy(directory: Path, context: Path) -> None:
    # Links are followed: a context cannot reach outside itself, and models are often linked in.
    try:
        shutil.copytree(directory, context, ignore=IGNORED)
    except shutil.Error as error:
        source, _, reason = error.args[0][0]
        raise ContextError(f"cannot copy {source}: {reason}") from error


def _add_parts(context: Path, dockerfile_text: str) -> None:
    for package in SHARED:
        if mentions(dockerfile_text, package) and not (context / package).exists():
            shutil.copytree(ROOT / package, context / package, ignore=IGNORED)
    for folder in ("wheels", CONTEXT_FILES):
        if mentions(dockerfile_text, folder):
            (context / folder).mkdir(exist_ok=True)


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
