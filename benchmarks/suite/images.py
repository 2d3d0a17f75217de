"""How large an image is, and where its bytes are."""

from __future__ import annotations

import hashlib
import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import IO, NamedTuple

from pipeline.image.containers import docker_output

CHUNK_BYTES = 1 << 20
GZIP_LEVEL = 6
LARGEST = 10
FIND = "du -S -x -k / 2> /dev/null | sort -rn"


class Directory(NamedTuple):
    """A directory of an image, and the bytes of the files in it, without its subdirectories."""

    path: str
    bytes: int


def compressed_bytes(image: str, known: dict[str, int]) -> int:
    """The bytes of an image in a registry, each layer compressed by itself.

    Args:
        image: an image that Docker has on this machine.
        known: compressed bytes by the layer's digest, of layers met before; added to.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        saved = Path(folder) / "image.tar"
        docker_output("save", "-o", str(saved), image)
        with tarfile.open(saved) as archive:
            members = [member for member in archive if member.isfile()]
            files = (archive.extractfile(member) for member in members)
            return sum(_gzipped_bytes(file, known) for file in files if file)


def _gzipped_bytes(file: IO[bytes], known: dict[str, int]) -> int:
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    if digest not in known:
        file.seek(0)
        compressor, size = zlib.compressobj(GZIP_LEVEL), 0
        while chunk := file.read(CHUNK_BYTES):
            size += len(compressor.compress(chunk))
        known[digest] = size + len(compressor.flush())
    return known[digest]


def largest_directories(image: str) -> list[Directory]:
    """The ten directories of an image that hold most, the largest first."""
    shell = ("--rm", "--network", "none", "--user", "0", "--entrypoint", "sh")
    lines = docker_output("run", *shell, image, "-c", FIND).splitlines()[:LARGEST]
    found = (line.split("\t", 1) for line in lines)
    return [Directory(path, int(kib) * 1024) for kib, path in found]
