"""What `-p` is given: a model directory, or a model's file or archive, of which one is made."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pipeline.commands import note
from pipeline.given.directory import write_directory, write_readme
from pipeline.given.folders import is_folder_format
from pipeline.given.formats import Format, recognise
from pipeline.given.inside import Inside, columns_file
from pipeline.given.opening import opened
from pipeline.image.golden import make_golden
from pipeline.model.fingerprint import fingerprint
from pipeline.model.names import project_name
from pipeline.places import BUILD, STARTERS

MADE = BUILD / "models"


def is_given(path: Path) -> bool:
    """Tell whether a path is a model's file, or another tool's directory, not a model directory."""
    return path.is_file() or is_folder_format(path)


def check_given(path: Path) -> None:
    """Make sure that a directory of another tool has a model.

    Raises:
        GivenError: it has none that can be served, or several.
    """
    if path.is_dir():
        with opened(path):
            pass


def adopt(path: Path, environ: Mapping[str, str], stays_here: bool) -> Path:
    """Give the model directory of a path: itself, or one that is made of a model's file.

    Args:
        path: what the user named.
        environ: exported settings and build arguments.
        stays_here: whether the image is for this machine alone.

    Returns:
        a directory with the name of the project. Those that are made lie under `.build/`, one for
        each content, and are made once.

    Raises:
        GivenError: the file cannot be served.
        ImageError: the golden request cannot be made; the reason was shown.
    """
    if not is_given(path):
        return path
    made = MADE / _key(path) / project_name(path)
    if not made.is_dir():
        made.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        create(path, made, environ, stays_here)
    return made


def create(path: Path, into: Path, environ: Mapping[str, str], stays_here: bool) -> None:
    """Make a model directory of a model's file, with its golden request; whole or not at all.

    Args:
        path: the file.
        into: the directory, which there is not yet.
        environ: exported settings and build arguments.
        stays_here: whether the image is for this machine alone.

    Raises:
        GivenError, ImageError, OSError: it cannot be made.
    """
    with opened(path) as inside:
        _create(path, inside, into, environ, stays_here)


def _create(
    path: Path, inside: Inside, into: Path, environ: Mapping[str, str], stays_here: bool
) -> None:
    format_ = recognise(inside.model)
    _tell(path, inside, format_)
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent, prefix=".model-") as folder:
        draft = Path(folder, into.name)
        write_directory(inside, format_, draft)
        found = make_golden(draft, environ, stays_here)
        note(found)
        write_readme(draft, format_, found)
        _move(draft, into)


def _tell(path: Path, inside: Inside, format_: Format) -> None:
    if inside.model != path:
        note(f"{path.name} is {inside.title or 'an archive'}; its model is {inside.model.name}")
    size_mb = inside.model.stat().st_size / 1e6
    engine = f"engines/{format_.starter}"
    note(f"{inside.model.name} is {format_.title}, {size_mb:,.3f} MB: {engine} runs it")
    if inside.columns:
        note(f"{inside.columns} says more about it")


def _key(path: Path) -> str:
    """A name for what a directory would be made of: the file, what lies beside it, the starters."""
    said = columns_file(path)
    whole = hashlib.sha256(fingerprint(STARTERS, []).encode())
    if path.is_dir():
        whole.update(fingerprint(path, []).encode())
    for file in [*([] if path.is_dir() else [path]), *([said] if said else [])]:
        with file.open("rb") as content:
            for block in iter(lambda: content.read(1 << 20), b""):
                whole.update(block)
    return whole.hexdigest()[:16]


def _move(draft: Path, made: Path) -> None:
    try:
        draft.rename(made)
    except OSError:
        if not made.is_dir():  # else another run was faster, with the same content
            raise
