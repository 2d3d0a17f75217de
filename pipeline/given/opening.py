"""Finds the model in what a user named: a file, a directory of another tool, or an archive."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.given.archives import is_archive, unpack
from pipeline.given.folders import look_into
from pipeline.given.inside import Inside, columns_file


@contextmanager
def opened(path: Path) -> Iterator[Inside]:
    """Find the model in what a user named; an archive is unpacked for as long.

    Raises:
        GivenError: there is none, or more than one, or it cannot be taken.
    """
    said = columns_file(path)
    if is_archive(path):
        with tempfile.TemporaryDirectory(prefix="model-") as folder:
            unpack(path, Path(folder))
            yield _with_columns(look_into(Path(folder), f"{path}"), said)
    elif path.is_dir():
        yield _with_columns(look_into(path, f"{path}"), said)
    else:
        yield Inside(path, columns=said)


def _with_columns(inside: Inside, said: Path | None) -> Inside:
    return inside._replace(columns=said or inside.columns)
