"""Unpacks an archive that a stranger may have packed, as SageMaker's `model.tar.gz`.

Only plain files and folders, only within the folder, no links, no devices, and no more than bounds.
"""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path, PurePosixPath

from pipeline.errors import GivenError

GZIP = b"\x1f\x8b"
MAX_BYTES = 10 << 30  # what an image may have at most
MAX_FILES = 10_000


def is_archive(path: Path) -> bool:
    """Tell whether a file is a tar archive that gzip compressed."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(2) == GZIP and tarfile.is_tarfile(path)


def unpack(path: Path, into: Path) -> None:
    """Unpack an archive into an empty folder.

    Raises:
        GivenError: it is damaged, too large, or has something other than files and folders in it.
    """
    left = MAX_BYTES
    try:
        with tarfile.open(path, "r:gz") as archive:
            for number, member in enumerate(archive):
                left -= member.size
                if left < 0 or number >= MAX_FILES:
                    raise GivenError(
                        f"{path} unpacks to more than {MAX_BYTES >> 30} GiB or {MAX_FILES} files,"
                        " which no image can have"
                    )
                _unpack_member(path, archive, member, into)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise GivenError(f"{path} is damaged, or cut short: {error}") from error


def _unpack_member(
    path: Path, archive: tarfile.TarFile, member: tarfile.TarInfo, into: Path
) -> None:
    place = PurePosixPath(member.name)
    if place.is_absolute() or ".." in place.parts:
        raise GivenError(f"{path} has {member.name!r}, which leads out of it: pack it again")
    if member.isdir():
        (into / place).mkdir(parents=True, exist_ok=True)
        return
    if not member.isreg():
        raise GivenError(
            f"{path} has {member.name!r}, which is a link or a device: pack the file itself,"
            " with tar --dereference"
        )
    content = archive.extractfile(member)
    (into / place).parent.mkdir(parents=True, exist_ok=True)
    with (into / place).open("xb") as file:  # twice the same name is damage
        if content:
            shutil.copyfileobj(content, file)
