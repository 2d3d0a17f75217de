"""Folders of one run, with nothing in them that another run or user could see or change."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.places import BUILD

PREFIX = "run-"
LEFT_OVER_SECONDS = 24 * 3600


@contextmanager
def scratch_folder(given: Path | None) -> Iterator[Path]:
    """Give the run's folder, or make one that goes in the end.

    Args:
        given: the folder of a run of several steps, which removes it itself.

    Raises:
        OSError: it cannot be made.
    """
    BUILD.mkdir(parents=True, exist_ok=True)
    _remove_leftovers()
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=BUILD) as folder:
        yield Path(folder)


def _remove_leftovers() -> None:
    """Remove the folders of runs that were killed."""
    for folder in BUILD.glob(f"{PREFIX}*"):
        try:
            if time.time() - folder.stat().st_mtime > LEFT_OVER_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
        except FileNotFoundError:
            continue  # another run was faster
