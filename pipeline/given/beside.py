"""Files that a model names: in its own folder, whatever the name says, and no links out of it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from pipeline.errors import GivenError

# Where Hugging Face's cache keeps the files that its folders link to.
BLOBS = "blobs"


def beside(folder: Path, name: str, said: str) -> Path:
    """Find a file that a model names.

    Args:
        folder: that the name is relative to.
        name: as it is written.
        said: where, for a message.

    Raises:
        GivenError: the name leads out of the folder, or there is no such file.
    """
    relative = PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts or "\0" in name or not relative.parts:
        raise GivenError(f"{said} names {name!r}, which leads out of its folder")
    found = folder / relative
    if not found.is_file():
        raise GivenError(f"{said} names the file {name!r}, which must lie in {folder}: copy it too")
    check_inside(found, folder)
    return found


def check_inside(path: Path, folder: Path) -> None:
    """Refuse a link that leads out of a folder, other than into Hugging Face's own cache.

    Raises:
        GivenError: it does.
    """
    real, home = path.resolve(), folder.resolve()
    cache = home.parent.parent / BLOBS
    if home not in real.parents and cache not in real.parents:
        raise GivenError(f"{path} is a link out of its folder, to {real}: copy the file")
