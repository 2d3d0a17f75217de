"""What is given: a model's file, alone or in a directory or an archive that other tools write."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

COLUMNS, ROWS, ABOUT = "columns.json", "rows.json", "about.json"


class Inside(NamedTuple):
    """A model's file, and what lies around it.

    Attributes:
        model: the file.
        title: of the format around it, such as `an MLflow model`; empty for a file alone.
        columns: what a user says of its columns: a file.
        about: what a user says of the model, for its model card: a file.
        told: what the format around says of them, in the form of `columns.json`.
        rows: an example of the format around: rows by column.
        settings: lines of `model.env` that the format around asks for, and those of the user's.
        settings_file: the user's own `model.env`.
    """

    model: Path
    title: str = ""
    columns: Path | None = None
    about: Path | None = None
    told: dict[str, Any] | None = None
    rows: list[dict[str, Any]] | None = None
    settings: tuple[str, ...] = ()
    settings_file: Path | None = None


def said_file(path: Path, name: str) -> Path | None:
    """Find what a user says of a model: NAME or MODEL.NAME beside its file, or in its folder.

    Args:
        path: the model's.
        name: of what is said, such as COLUMNS or ABOUT.
    """
    folder = path if path.is_dir() else path.parent
    stem = path.name.split(".")[0] if path.is_file() else path.name
    for place in (path.parent / f"{stem}.{name}", folder / name):
        if place.is_file():
            return place
    return None
