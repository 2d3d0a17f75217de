"""What `-p` is given: a model directory, or a model's file, of which one is made."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pipeline.commands import note
from pipeline.given.directory import columns_file, write_directory, write_readme
from pipeline.given.formats import Format, recognise
from pipeline.image.golden import make_golden
from pipeline.model.fingerprint import fingerprint
from pipeline.model.names import project_name
from pipeline.places import BUILD, STARTERS

MADE = BUILD / "models"


def is_given(path: Path) -> bool:
    """Tell whether a path is a model's file, not a model directory."""
    return path.is_file()


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
    made = _made(path)
    if not made.is_dir():
        made.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        create(path, made, environ, stays_here)
    return made


def _made(path: Path) -> Path:
    return MADE / _key(path) / project_name(path)


def adopt_unasked(path: Path, folder: Path) -> Path:
    """Give the model directory of a path without asking its library, which takes Docker.

    Args:
        path: what the user named.
        folder: that a directory is made in, without a golden request, where `adopt` has made none.

    Raises:
        GivenError: the file cannot be served.
    """
    if not is_given(path):
        return path
    made = _made(path)
    if made.is_dir():
        return made
    draft = folder / project_name(path)
    shutil.rmtree(draft, ignore_errors=True)
    _draft(path, draft)
    return draft


def _draft(path: Path, into: Path) -> Format:
    """Write the directory of a model's file, but for what only its library knows."""
    format_ = recognise(path)
    _tell(path, format_)
    write_directory(path, format_, into)
    return format_


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
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent, prefix=".model-") as folder:
        draft = Path(folder, into.name)
        format_ = _draft(path, draft)
        found = make_golden(draft, environ, stays_here)
        note(found)
        write_readme(draft, format_, found)
        _move(draft, into)


def _tell(path: Path, format_: Format) -> None:
    size_mb = path.stat().st_size / 1e6
    note(f"{path.name} is {format_.title}, {size_mb:,.3f} MB: engines/{format_.starter} runs it")
    if columns := columns_file(path):
        note(f"{columns} says more about it")


def _key(path: Path) -> str:
    """A name for what a directory would be made of: the file, what lies beside it, the starters."""
    said = columns_file(path)
    whole = hashlib.sha256(fingerprint(STARTERS, []).encode())
    for file in (path, *([said] if said else [])):
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
