"""Which files of what is given a model directory needs, and where they go in it."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pipeline.errors import GivenError
from pipeline.given.beside import beside
from pipeline.given.formats import ONNX, TEXT, Format
from pipeline.given.huggingface import needed
from pipeline.given.inside import ABOUT, COLUMNS, ROWS, Inside
from pipeline.given.onnx import weight_files

APP = "app"
# What lies in an image beside a model's files.
PACKAGES = ("serving", "engines", "apps", "golden", "pandas")
MADE = ("card.json", "types.json", ROWS, COLUMNS, "requirements.txt", "requirements.in")
CODE = (".py", ".pyc", ".pth", ".so", ".sh")
LABELS = "labels_file"  # in a columns.json: a file beside it


class Part(NamedTuple):
    """A file, and its place in the model directory."""

    source: Path
    place: str


def parts(inside: Inside, format_: Format) -> list[Part]:
    """List the files of a model directory that are the user's.

    Args:
        inside: the model, and what lies around it.
        format_: what it is.

    Raises:
        GivenError: one that another names is not there.
    """
    found = [Part(_checked(inside.about), f"{APP}/{ABOUT}")] if inside.about else []
    if format_ is TEXT:
        folder = inside.model
        return found + [
            Part(file, f"{format_.file}/{_below(folder, file)}") for file in needed(folder)
        ]
    found.append(Part(inside.model, f"{APP}/{format_.file}"))
    named = [*(weight_files(inside.model) if format_ is ONNX else [])]
    places = [_below(inside.model.parent, file) for file in named]
    if inside.columns:
        found.append(Part(inside.columns, f"{APP}/{COLUMNS}"))
        labels = labels_files(inside.columns)
        named += labels
        places += [_below(inside.columns.parent, file) for file in labels]
    for place in places:
        _check_place(place)
    return [*found, *(Part(file, f"{APP}/{place}") for file, place in zip(named, places))]


def _checked(about: Path) -> Path:
    """Refuse what no model card can be made of."""
    try:
        said = json.loads(about.read_bytes())
    except ValueError as error:
        raise GivenError(f"{about} is not JSON: {error}") from error
    if not isinstance(said, dict):
        raise GivenError(f'{about} must be an object, such as {{"licence": "MIT"}}')
    return about


def _check_place(place: str) -> None:
    """Refuse a file that would lie where the image has code, or what a build writes."""
    first, name = PurePosixPath(place).parts[0], PurePosixPath(place).name
    if first in PACKAGES or name in MADE or name.endswith(CODE):
        raise GivenError(
            f"the model names a file {place}, which would take the place of the app's own: rename"
            " it, and save the model again"
        )


def _below(folder: Path, file: Path) -> str:
    return file.relative_to(folder).as_posix()


def labels_files(columns: Path) -> list[Path]:
    """Find the file of labels that a `columns.json` names, beside it.

    Raises:
        GivenError: there is none.
    """
    try:
        told = json.loads(columns.read_bytes())
    except ValueError:
        return []  # the build says where it is no JSON
    name = told.get(LABELS) if isinstance(told, dict) else None
    if not name or not isinstance(name, str):
        return []
    return [beside(columns.parent, name, f"{columns}: {LABELS}")]
