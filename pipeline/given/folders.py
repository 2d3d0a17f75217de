"""Directories that other tools write, by a file in them, and the model that each has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.errors import GivenError
from pipeline.given.formats import recognise
from pipeline.given.inside import Inside
from pipeline.given.mlflow import read_mlflow
from pipeline.given.strangers import FOLDERS as STRANGERS


def read_hugging_face(folder: Path) -> Inside:
    """Take a directory of Hugging Face's as the model that it is."""
    return Inside(folder)


# By a file that tells them; each finds the model.
FOLDERS: tuple[tuple[str, Callable[[Path], Inside]], ...] = (
    ("MLmodel", read_mlflow),
    ("modules.json", read_hugging_face),
    ("config.json", read_hugging_face),
)
MAX_LISTED = 5
# Beside a model in SageMaker's archives, or in any folder.
NOT_MODELS = {".py", ".csv", ".md", ".yaml", ".yml", ".png", ".ipynb"}


def is_folder_format(path: Path) -> bool:
    """Tell whether a directory is one that another tool wrote, or might be, not a model directory.

    A model directory has a Dockerfile.
    """
    return path.is_dir() and not any(path.glob("Dockerfile*")) and not (path / "app").is_dir()


def look_into(folder: Path, name: str) -> Inside:
    """Find the model in a directory that is no model directory.

    Args:
        folder: the directory.
        name: as the user knows it.

    Raises:
        GivenError: it has none that can be served, or several; the message says what to do.
    """
    for marker, read in FOLDERS:
        found = [path.parent for path in (folder / marker, *folder.glob(f"*/{marker}"))]
        found = [place for place in found if (place / marker).exists()]
        if len(found) > 1:
            raise GivenError(_several(name, [path.relative_to(folder) for path in found]))
        if found:
            return read(found[0])
    for marker, said in STRANGERS:
        if (folder / marker).exists() or any(folder.glob(f"*/{marker}")):
            raise GivenError(f"{name} {said}")
    return Inside(_only_model(folder, name))


def _only_model(folder: Path, name: str) -> Path:
    inside = sorted([*folder.glob("*"), *folder.glob("*/*")])
    files = [path for path in inside if _may_be_model(path, folder)]
    if not files:
        raise GivenError(
            f"{name} has no model in it and no Dockerfile: it is not a model directory. Name a"
            " model's file"
        )
    models, reason = [], None
    for path in files:
        try:
            recognise(path)
        except GivenError as error:
            reason = reason or error
        else:
            models.append(path)
    if len(models) > 1:
        raise GivenError(_several(name, [path.relative_to(folder) for path in models]))
    if not models:
        listed = ", ".join(str(path.relative_to(folder)) for path in files[:MAX_LISTED])
        raise GivenError(
            f"{name} has no Dockerfile: it is not a model directory. It has no model that can be"
            f" served, but {listed}: {reason}"
        )
    return models[0]


def _may_be_model(path: Path, folder: Path) -> bool:
    parts = path.relative_to(folder).parts
    hidden = any(part.startswith(".") or part == "code" for part in parts)
    return path.is_file() and not hidden and path.suffix not in NOT_MODELS


def _several(name: str, found: list[Path]) -> str:
    listed = ", ".join(_shown(found))
    return f"{name} has {len(found)} models: {listed}. A function serves one: name it"


def _shown(found: list[Path]) -> Iterator[str]:
    yield from map(str, found[:MAX_LISTED])
    if len(found) > MAX_LISTED:
        yield f"and {len(found) - MAX_LISTED} more"
