"""The model directory that a model's file amounts to."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

from pipeline.given.formats import Format
from pipeline.given.huggingface import needed
from pipeline.given.text import card_of
from pipeline.model.golden import FILE, read_golden
from pipeline.model.settings import MODEL_ENV
from pipeline.places import STARTERS

APP, COLUMNS, CARD = "app", "columns.json", "card.json"


def write_directory(model: Path, format_: Format, into: Path) -> None:
    """Write a model directory; its golden request is made of it afterwards.

    Args:
        model: the file.
        format_: what it is.
        into: the directory, which there is not yet.

    Raises:
        GivenError: the model cannot be served; the message says what to do.
        OSError: it cannot be written.
    """
    for starter in filter(None, (format_.shared, format_.starter)):
        shutil.copytree(STARTERS / starter, into, dirs_exist_ok=True)
    if model.is_dir():
        _copy_folder(model, into / format_.file)
        card = json.dumps(card_of(model), ensure_ascii=False, indent=2)
        (into / APP / CARD).write_text(card + "\n", encoding="utf-8")
    else:
        _copy_file(model, format_, into)


def _copy_folder(model: Path, into: Path) -> None:
    """Copy what a model needs of a folder, and leave its other forms."""
    for file in needed(model):
        copy = into / file.relative_to(model)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)


def _copy_file(model: Path, format_: Format, into: Path) -> None:
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
