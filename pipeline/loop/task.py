"""The folder that an app runs in, as its image has it: what the Dockerfile copies there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import LoopError
from pipeline.loop.instructions import Copy
from pipeline.loop.recipe import TASK
from pipeline.model.golden import FILE


def make_task(context: Path, copies: Sequence[Copy], into: Path) -> None:
    """Put what an image has of a context into a folder of its own, by hard links.

    Args:
        context: what the image would be built from.
        copies: what of it is in the image.
        into: the folder, which is replaced.

    Raises:
        LoopError: nothing is copied, or something that is not there.
    """
    if not copies:
        raise LoopError(f"the Dockerfile copies nothing to {TASK}, where the app would be")
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    for copy in copies:
        for source in copy.sources:
            _copy(context, source, copy.target, into)


def _copy(context: Path, pattern: str, target: str, into: Path) -> None:
    """Copy as COPY does: of a folder what is in it, and later files over earlier ones."""
    found = sorted(context.glob(pattern.strip("/"))) if pattern.strip("./") else [context]
    if not found and pattern == FILE:
        return  # the loop asks no library: a model's file may have no golden request yet
    if not found:
        raise LoopError(f"the Dockerfile copies {pattern}, and there is no such file")
    for path in found:
        if path.is_dir():
            shutil.copytree(path, into / target, dirs_exist_ok=True, copy_function=_place)
            continue
        is_folder = target == "" or target.endswith("/") or (into / target).is_dir()
        place = into / target / path.name if is_folder else into / target
        place.parent.mkdir(parents=True, exist_ok=True)
        _place(path, place)


def _place(source: os.PathLike[str] | str, target: os.PathLike[str] | str) -> None:
    if os.path.lexists(target):
        os.unlink(target)
    os.link(source, target)
