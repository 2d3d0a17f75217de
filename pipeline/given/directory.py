"""The model directory that a model's file amounts to."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

from pipeline.errors import GivenError
from pipeline.given.formats import Format
from pipeline.given.onnx import weight_files
from pipeline.model.golden import FILE, read_golden
from pipeline.model.settings import MODEL_ENV
from pipeline.places import STARTERS

APP, COLUMNS = "app", "columns.json"
MAX_SHOWN = 1000  # characters of a request in a README
LABELS = "labels_file"  # in a columns.json: a file beside it


def write_directory(model: Path, format_: Format, into: Path) -> None:
    """Write a model directory; its golden request is made of it afterwards.

    Args:
        model: the file.
        format_: what it is.
        into: the directory, which there is not yet.

    Raises:
        GivenError: `columns.json` names a file that is not there.
        OSError: it cannot be written.
    """
    for starter in filter(None, (format_.shared, format_.starter)):
        shutil.copytree(STARTERS / starter, into, dirs_exist_ok=True)
    shutil.copy(model, into / APP / format_.file)
    if format_.starter == "onnx":
        _copy_weights(model, into / APP)
    if columns := columns_file(model):
        shutil.copy(columns, into / APP / COLUMNS)
        for labels in labels_files(columns):
            shutil.copy(labels, into / APP / labels.name)
    with (into / MODEL_ENV).open("a", encoding="utf-8") as file:
        file.write(f"# What runs the model, and its file in {APP}/.\n")
        file.write(f"ENGINE={format_.engine}\nMODEL={format_.file}\n")


def _copy_weights(model: Path, into: Path) -> None:
    for file in weight_files(model):
        target = into / file.relative_to(model.parent)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)


def write_readme(directory: Path, format_: Format, found: str) -> None:
    """Say in the README of a model directory what its golden request shows."""
    readme = directory / "README.md"
    request = shlex.quote(json.dumps(read_golden(directory / FILE).request, ensure_ascii=False))
    if len(request) > MAX_SHOWN:
        request = f'"$(python3 -m pipeline request ./{directory.name})"'
    values = {
        "name": directory.name,
        "title": format_.title[:1].upper() + format_.title[1:],
        "engine": format_.starter,
        "found": found.strip(),
        "request": request,
    }
    text = readme.read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    readme.write_text(text, encoding="utf-8")


def columns_file(model: Path) -> Path | None:
    """Find what a user says of a model's columns, beside its file."""
    for name in (f"{model.stem}.{COLUMNS}", COLUMNS):
        if (found := model.with_name(name)).is_file():
            return found
    return None


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
