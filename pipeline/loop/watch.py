"""Whether files have changed: their times and sizes, as often as one likes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.model.contents import left_out

State = dict[str, "tuple[int, int, int]"]


def state_of(roots: Iterable[Path]) -> State:
    """Note the times, sizes and numbers of all files in folders; a root may be a file."""
    found: State = {}
    for path in _files(roots):
        try:
            about = os.stat(path)
        except OSError:
            continue  # it went, which the next look shows
        found[path] = (about.st_mtime_ns, about.st_size, about.st_ino)
    return found


def _files(roots: Iterable[Path]) -> Iterator[str]:
    for root in roots:
        if root.is_file():
            yield str(root)
        for folder, folders, names in os.walk(root, followlinks=False):
            out = set(left_out([*folders, *names]))
            folders[:] = [name for name in folders if name not in out]
            yield from (os.path.join(folder, name) for name in names if name not in out)
