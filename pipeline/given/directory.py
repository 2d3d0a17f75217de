"""The model directory that a model's file amounts to."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

from pipeline.given.formats import Format
from pipeline.model.golden import FILE, read_golden
from pipeline.model.settings import MODEL_ENV
from pipeline.places import STARTERS

APP, COLUMNS = "app", "columns.json"
SHARED = "tabular"  # what the starters of tabular data have in common


def write_directory(model: Path, format_: Format, into: Path) -> None:
    """Write a model directory; its golden request is made of it afterwards.

    Args:
        model: the file.
        format_: what it is.
        into: the directory, which there is not yet.

    Raises:
        OSError: it cannot be written.
    """
    shutil.copytree(STARTERS / SHARED, into)
    shutil.copytree(STARTERS / format_.starter, into, dirs_exist_ok=True)
    shutil.copy(model, into / APP / format_.file)
    if columns := columns_file(model):
        shutil.copy(columns, into / APP / COLUMNS)
    with (into / MODEL_ENV).open("a", encoding="utf-8") as file:
        file.write(f"# What runs the model, and its file in {APP}/.\n")
        file.write(f"ENGINE={format_.starter}\nMODEL={format_.file}\n")


def write_readme(directory: Path, format_: Format, found: str) -> None:
    """Say in the README of a model directory what its golden request shows."""
    readme = directory / "README.md"
    request = json.dumps(read_golden(directory / FILE).request, ensure_ascii=False)
    values = {
        "name": directory.name,
        "title": format_.title[:1].upper() + format_.title[1:],
        "engine": format_.starter,
        "found": found.strip(),
        "request": shlex.quote(request),
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
