"""Unpacks an archive that a stranger may have packed, as SageMaker's `model.tar.gz`.

Only plain files and folders, only within the folder, no links, no devices, and no more than bounds.
"""

from __future__ import annotations

import gzip
import shutil
import tarfile
import zlib
from pathlib import Path, PurePosixPath

from pipeline.errors import GivenError

GZIP = b"\x1f\x8b"
MAX_BYTES = 10 << 30  # what an image may have at most
MAX_FILES = 10_000  # and folders
MAX_DEPTH = 32
MAX_READ_BYTES = 1 << 20


class _Bounded(gzip.GzipFile):
    """A packed file of which a header cannot ask for much at once; content is read in pieces."""

    def read(self, size: int | None = -1) -> bytes:
        if size is None or size < 0 or size > MAX_READ_BYTES:
            raise tarfile.ReadError("a header that is too large")
        return super().read(size)


def is_archive(path: Path) -> bool:
    """Tell whether a file is a tar archive that gzip compressed."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        if file.read(len(GZIP)) != GZIP:
            return False
    try:
        with gzip.open(path) as content:
            tarfile.TarInfo.frombuf(content.read(tarfile.BLOCKSIZE), "utf-8", "surrogateescape")
    except (tarfile.TarError, EOFError, OSError, zlib.error):
        return False
    return True


def unpack(path: Path, into: Path) -> None:
    """Unpack an archive into an empty folder.

    Raises:
        GivenError: it is damaged, too large, or has something other than files and folders in it.
    """
    try:
        with _Bounded(path) as content, tarfile.open(fileobj=content, mode="r:") as archive:
            left_bytes, left = MAX_BYTES, MAX_FILES
            for member in archive:
                left_bytes -= member.size
                left -= 1 + _new_folders(into, member.name)
                if left_bytes < 0 or left < 0:
                    raise GivenError(
                        f"{path} unpacks to more than {MAX_BYTES >> 30} GiB or {MAX_FILES} files,"
                        " which no image can have"
                    )
                _unpack_member(path, archive, member, into)
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error) as error:
        raise GivenError(f"{path} is damaged, or cut short: {error}") from error


def _new_folders(into: Path, name: str) -> int:
    """Count the folders that a member needs and that are not there yet."""
    above = PurePosixPath(name).parents
    if len(above) > MAX_DEPTH:
        raise tarfile.ReadError(f"a path of more than {MAX_DEPTH} folders")
    return sum(not (into / folder).exists() for folder in above)


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
