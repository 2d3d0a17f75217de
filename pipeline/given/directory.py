"""The model directory that a model's file amounts to."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from typing import Any

from pipeline.errors import GivenError
from pipeline.given.formats import SKOPS, TEXT, Format
from pipeline.given.inside import COLUMNS, ROWS, Inside
from pipeline.given.parts import APP, parts
from pipeline.given.skops import fit_requirements
from pipeline.given.text import card_of
from pipeline.model.golden import FILE, read_golden
from pipeline.model.settings import MODEL_ENV
from pipeline.places import STARTERS

CARD = "card.json"
MAX_SHOWN = 1000  # characters of a request in a README


def write_directory(inside: Inside, format_: Format, into: Path) -> None:
    """Write a model directory; its golden request is made of it afterwards.

    Args:
        inside: the model, and what lies around it.
        format_: what it is.
        into: the directory, which there is not yet.

    Raises:
        GivenError: something that the model needs is not there.
        OSError: it cannot be written.
    """
    for starter in filter(None, (format_.shared, format_.starter)):
        shutil.copytree(STARTERS / starter, into, dirs_exist_ok=True)
    for source, place in parts(inside, format_):
        _copy(source, into, place)
    if format_ is SKOPS:
        _pin_its_version(into / APP, inside.model)
    if inside.told and not inside.columns:
        _write_json(into / APP / COLUMNS, inside.told)
    if inside.rows:
        _write_json(into / APP / ROWS, inside.rows)
    with (into / MODEL_ENV).open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in inside.settings)
        if format_ is TEXT:
            _write_json(into / APP / CARD, card_of(inside.model))
            return
        file.write(f"# What runs the model, and its file in {APP}/.\n")
        file.write(f"ENGINE={format_.engine}\nMODEL={format_.file}\n")


def _copy(source: Path, into: Path, place: str) -> None:
    """Copy a file of the user's to where there is none yet, in the directory and nowhere else."""
    target = into / place
    target.parent.mkdir(parents=True, exist_ok=True)
    if into.resolve() not in target.resolve().parents or target.exists():
        raise GivenError(f"{source} would take the place of {place}: rename it")
    shutil.copy(source, target)


def _pin_its_version(app: Path, model: Path) -> None:
    """Have the image run a model by the version of scikit-learn that saved it, locked or not."""
    source = app / "requirements.in"
    text = source.read_text(encoding="utf-8")
    if (fitted := fit_requirements(text, model)) != text:
        source.write_text(fitted, encoding="utf-8")
        source.with_suffix(".txt").write_text(fitted, encoding="utf-8")


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def write_readme(directory: Path, format_: Format, found: str) -> None:
    """Say in the README of a model directory what its golden request shows."""
    readme = directory / "README.md"
    request = shlex.quote(json.dumps(read_golden(directory / FILE).request, ensure_ascii=False))
    if len(request) > MAX_SHOWN:
        request = f'"$(python3 -m pipeline request ./{directory.name})"'
    values = {
        "name": directory.name,
        "title": format_.title[:1].upper() + format_.title[1:],
        "engine": format_.runner,
        "found": found.strip(),
        "request": request,
    }
    text = readme.read_text(encoding="utf-8")
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    readme.write_text(text, encoding="utf-8")
