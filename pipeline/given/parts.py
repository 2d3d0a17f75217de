"""Which files of what is given a model directory needs, and where they go in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import GivenError
from pipeline.given.formats import ONNX, TEXT, Format
from pipeline.given.huggingface import needed
from pipeline.given.inside import COLUMNS, Inside
from pipeline.given.onnx import weight_files

APP = "app"
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
    if format_ is TEXT:
        folder = inside.model
        return [Part(file, f"{format_.file}/{_below(folder, file)}") for file in needed(folder)]
    found = [Part(inside.model, f"{APP}/{format_.file}")]
    if format_ is ONNX:
        folder = inside.model.parent
        weights = weight_files(inside.model)
        found += [Part(file, f"{APP}/{_below(folder, file)}") for file in weights]
    if inside.columns:
        found.append(Part(inside.columns, f"{APP}/{COLUMNS}"))
        found += [Part(file, f"{APP}/{file.name}") for file in labels_files(inside.columns)]
    return found


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
    path = columns.with_name(Path(name).name)
    if Path(name).name != name or not path.is_file():
        raise GivenError(f"{columns}: {LABELS} must name a file beside it, there is no {name}")
    return [path]
