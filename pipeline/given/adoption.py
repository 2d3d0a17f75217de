"""What `-p` is given: a model directory, or a model's file or archive, of which one is made."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pipeline.commands import note
from pipeline.given.directory import write_directory, write_readme
from pipeline.given.folders import is_folder_format
from pipeline.given.formats import Format, recognise
from pipeline.given.huggingface import is_hugging_face, needed
from pipeline.given.inside import ABOUT, COLUMNS, Inside, said_file
from pipeline.given.onnx import is_onnx, weight_files
from pipeline.given.opening import opened
from pipeline.given.parts import labels_files, parts
from pipeline.image.golden import make_golden
from pipeline.model.context import everything_in
from pipeline.model.names import project_name
from pipeline.model.settings import MODEL_ENV
from pipeline.places import BUILD, ROOT

MADE = BUILD / "models"
PRECISION = "PRECISION"
CODE = ("starters", "apps", "golden", "engines", "serving")


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
    made = _made(path, environ)
    if not made.is_dir():
        made.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        create(path, made, environ, stays_here)
    return made


def _made(path: Path, environ: Mapping[str, str]) -> Path:
    return MADE / _key(path, environ) / project_name(path)


def adopt_unasked(path: Path, environ: Mapping[str, str], folder: Path) -> Path:
    """Give the model directory of a path without asking its library, which takes Docker.

    Args:
        path: what the user named.
        environ: exported settings.
        folder: that a directory is made in, without a golden request, where `adopt` has made none.

    Raises:
        GivenError: the file cannot be served.
    """
    if not is_given(path):
        return path
    made = _made(path, environ)
    if made.is_dir():
        return made
    draft = folder / project_name(path)
    shutil.rmtree(draft, ignore_errors=True)
    draft.parent.mkdir(exist_ok=True)
    _draft(path, draft, environ)
    return draft


def _draft(path: Path, into: Path, environ: Mapping[str, str]) -> Format:
    """Write the directory of a model's file, but for what only its library knows."""
    with opened(path) as inside:
        format_ = recognise(inside.model)
        _tell(path, inside, format_)
        write_directory(inside, format_, into)
    _set_precision(into / MODEL_ENV, environ)
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
        format_ = _draft(path, draft, environ)
        found = make_golden(draft, environ, stays_here)
        note(found)
        write_readme(draft, format_, found)
        _move(draft, into)


def _tell(path: Path, inside: Inside, format_: Format) -> None:
    if inside.model != path:
        note(f"{path.name} is {inside.title or 'an archive'}; its model is {inside.model.name}")
    size_mb = sum(part.source.stat().st_size for part in parts(inside, format_)) / 1e6
    note(f"{inside.model.name} is {format_.title}, {size_mb:,.3f} MB: {format_.runner} runs it")
    for said in filter(None, (inside.columns, inside.about, inside.settings_file)):
        note(f"{said} says more about it")


def _set_precision(file: Path, environ: Mapping[str, str]) -> None:
    """Write an exported PRECISION where there is one to set: the golden request goes by it."""
    text = file.read_text(encoding="utf-8")
    if wanted := environ.get(PRECISION):
        text = re.sub(rf"^{PRECISION}=.*$", lambda _: f"{PRECISION}={wanted}", text, flags=re.M)
        file.write_text(text, encoding="utf-8")


def _key(path: Path, environ: Mapping[str, str]) -> str:
    """A name for what a directory would be made of: the files, the code, the precision."""
    whole = hashlib.sha256(environ.get(PRECISION, "").encode())
    for file in (*_files(path), *_code()):
        whole.update(os.fsencode(file.name) + b"\0")
        with file.open("rb") as content:
            for block in iter(lambda: content.read(1 << 20), b""):
                whole.update(block)
    return whole.hexdigest()[:16]


def _files(path: Path) -> list[Path]:
    columns = said_file(path, COLUMNS)
    others = (said_file(path, name) for name in (ABOUT, MODEL_ENV))
    files = [*([columns, *labels_files(columns)] if columns else []), *filter(None, others)]
    if path.is_dir() and is_hugging_face(path):
        return files + needed(path)
    if path.is_dir():
        return files + [file for file in everything_in(path) if file.is_file()]
    return [path, *files, *(weight_files(path) if is_onnx(path) else [])]


def _code() -> list[Path]:
    """List what decides on the golden answers, and on their form."""
    files = (file for folder in CODE for file in (ROOT / folder).rglob("*") if file.is_file())
    return sorted(file for file in files if "__pycache__" not in file.parts)


def _move(draft: Path, made: Path) -> None:
    try:
        draft.rename(made)
    except OSError:
        if not made.is_dir():  # else another run was faster, with the same content
            raise
