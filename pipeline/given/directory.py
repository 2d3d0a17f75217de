"""The model directory that a model's file amounts to."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from typing import Any

from pipeline.given.formats import SKOPS, Format
from pipeline.given.inside import COLUMNS, Inside
from pipeline.given.skops import fit_requirements
from pipeline.model.golden import FILE, read_golden
from pipeline.model.settings import MODEL_ENV
from pipeline.places import STARTERS

APP, ROWS, REQUIREMENTS = "app", "rows.json", "requirements.txt"
SHARED = "tabular"  # what the starters of tabular data have in common


def write_directory(inside: Inside, format_: Format, into: Path) -> None:
    """Write a model directory; its golden request is made of it afterwards.

    Args:
        inside: the model's file, and what lies around it.
        format_: what it is.
        into: the directory, which there is not yet.

    Raises:
        OSError: it cannot be written.
    """
    shutil.copytree(STARTERS / SHARED, into)
    shutil.copytree(STARTERS / format_.starter, into, dirs_exist_ok=True)
    shutil.copy(inside.model, into / APP / format_.file)
    if format_ is SKOPS:
        _pin_its_version(into / APP / REQUIREMENTS, inside.model)
    if inside.columns:
        shutil.copy(inside.columns, into / APP / COLUMNS)
    elif inside.told:
        _write_json(into / APP / COLUMNS, inside.told)
    if inside.rows:
        _write_json(into / APP / ROWS, inside.rows)
    with (into / MODEL_ENV).open("a", encoding="utf-8") as file:
        file.write(f"# What runs the model, and its file in {APP}/.\n")
        file.write(f"ENGINE={format_.starter}\nMODEL={format_.file}\n")


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _pin_its_version(requirements: Path, model: Path) -> None:
    """Have the image run a model by the version of scikit-learn that saved it."""
    text = requirements.read_text(encoding="utf-8")
    requirements.write_text(fit_requirements(text, model), encoding="utf-8")


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
