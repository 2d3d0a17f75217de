"""What `-p` is given: a model directory, or a model's file, of which one is made."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pipeline.commands import note
from pipeline.given.directory import columns_file, write_directory, write_readme
from pipeline.given.formats import Format, recognise
from pipeline.given.huggingface import is_hugging_face, needed
from pipeline.image.golden import make_golden
from pipeline.model.fingerprint import fingerprint
from pipeline.model.names import project_name
from pipeline.model.settings import MODEL_ENV
from pipeline.places import BUILD, STARTERS

MADE = BUILD / "models"
PRECISION = "PRECISION"


def is_given(path: Path) -> bool:
    """Tell whether a path is a model's file, or what another tool wrote: no model directory."""
    return path.is_file() or is_hugging_face(path)


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
    made = MADE / _key(path, environ) / project_name(path)
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
    format_ = recognise(path)
    _tell(path, format_)
    into.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=into.parent, prefix=".model-") as folder:
        draft = Path(folder, into.name)
        write_directory(path, format_, draft)
        _set_precision(draft, environ)
        found = make_golden(draft, environ, stays_here)
        note(found)
        write_readme(draft, format_, found)
        _move(draft, into)


def _tell(path: Path, format_: Format) -> None:
    size_mb = sum(file.stat().st_size for file in _files(path)) / 1e6
    note(f"{path.name} is {format_.title}, {size_mb:,.3f} MB: starters/{format_.starter} serves it")
    if columns := columns_file(path):
        note(f"{columns} says more about it")


def _set_precision(directory: Path, environ: Mapping[str, str]) -> None:
    """Write an exported PRECISION where there is one to set: the golden request goes by it."""
    file = directory / MODEL_ENV
    text = file.read_text(encoding="utf-8")
    if wanted := environ.get(PRECISION):
        text = re.sub(rf"^{PRECISION}=.*$", lambda _: f"{PRECISION}={wanted}", text, flags=re.M)
        file.write_text(text, encoding="utf-8")


def _key(path: Path, environ: Mapping[str, str]) -> str:
    """A name for what a directory would be made of: files, the starters, the precision."""
    facts = [environ.get(PRECISION, "")]
    whole = hashlib.sha256(fingerprint(STARTERS, facts).encode())
    for file in _files(path):
        whole.update(file.name.encode())
        with file.open("rb") as content:
            for block in iter(lambda: content.read(1 << 20), b""):
                whole.update(block)
    return whole.hexdigest()[:16]


def _files(path: Path) -> list[Path]:
    """List what a model directory would be made of, beside the starters."""
    if path.is_dir():
        return needed(path)
    said = columns_file(path)
    return [path, *([said] if said else [])]


def _move(draft: Path, made: Path) -> None:
    try:
        draft.rename(made)
    except OSError:
        if not made.is_dir():  # else another run was faster, with the same content
            raise
