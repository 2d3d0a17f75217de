"""Finds the model in what a user named: a file, a directory of another tool, or an archive."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.given.archives import is_archive, unpack
from pipeline.given.folders import look_into
from pipeline.given.inside import ABOUT, COLUMNS, Inside, said_file
from pipeline.model.settings import MODEL_ENV, read_model_env


@contextmanager
def opened(path: Path) -> Iterator[Inside]:
    """Find the model in what a user named; an archive is unpacked for as long.

    Raises:
        GivenError: there is none, or more than one, or it cannot be taken.
    """
    if is_archive(path):
        with tempfile.TemporaryDirectory(prefix="model-") as folder:
            unpack(path, Path(folder))
            yield _with_said(look_into(Path(folder), f"{path}"), path)
    else:
        yield _with_said(look_into(path, f"{path}") if path.is_dir() else Inside(path), path)


def _with_said(inside: Inside, path: Path) -> Inside:
    columns, about = said_file(path, COLUMNS), said_file(path, ABOUT)
    said = said_file(path, MODEL_ENV)
    own = [f"{name}={value}" for name, value in read_model_env(said).items()] if said else []
    return inside._replace(
        columns=columns or inside.columns,
        about=about or inside.about,
        settings=(*inside.settings, *own),
        settings_file=said,
    )
