"""How much of an image a cold start really reads, in blocks of 512 KiB.

Lambda loads an image lazily, in blocks of that size of the file system that it makes of all layers
(Brooker et al., "On-demand Container Loading in AWS Lambda", USENIX ATC 2023). Here the image is
flattened into one layer whose files nothing else uses, its pages are dropped from the page cache,
and after a cold start the kernel tells which pages are back: what was read, and what the kernel
read ahead. The files are laid end to end in the order of their names, in pages; directories and
inodes are not counted.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import subprocess
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import PipelineError
from pipeline.image.containers import docker_output
from pipeline.image.function import Function
from pipeline.memory.sandbox import sandbox
from pipeline.model.settings import MB_PER_VCPU

BLOCK_BYTES = 512 * 1024
PAGE_BYTES = mmap.PAGESIZE
# As good as nothing: what a stray reader may leave.
MAX_LEFT_PAGES = 16


class Touched(NamedTuple):
    """The bytes of the blocks that a cold start reads, of the pages in them, and of all files."""

    block_bytes: int
    page_bytes: int
    file_bytes: int


class CannotCount(PipelineError):
    """This machine cannot drop or count an image's pages; the message says why."""


def touched(function: Function) -> Touched:
    """What a cold start of a function reads of its image.

    Raises:
        CannotCount: this machine cannot drop or count the image's pages.
        PipelineError: the image does not run.
    """
    with _flattened(function.image) as image:
        files = list(_files(_folder(image)))
        _drop(files)
        left = sum(map(sum, map(resident_pages, files)))
        if left > MAX_LEFT_PAGES:
            raise CannotCount(f"{left * PAGE_BYTES:,} bytes of the image stay in the page cache")
        with sandbox(function._replace(image=image), MB_PER_VCPU) as new:
            new.request_ms()
            pages = [resident_pages(file) for file in files]
    return count(pages)


def count(files: Iterable[bytes]) -> Touched:
    """Adds up the pages and blocks that were read.

    Args:
        files: for each file, in the order in which they lie, a byte for each page: 1 where it was
            read, else 0.
    """
    pages = b"".join(files)
    pages_a_block = BLOCK_BYTES // PAGE_BYTES
    starts = range(0, len(pages), pages_a_block)
    blocks = sum(any(pages[start : start + pages_a_block]) for start in starts)
    return Touched(blocks * BLOCK_BYTES, sum(pages) * PAGE_BYTES, len(pages) * PAGE_BYTES)


def resident_pages(path: Path) -> bytes:
    """For each page of a file, 1 where it is in the page cache, else 0.

    Source: mincore(2)
    """
    size = path.stat().st_size
    if not size:
        return b""
    # A private, writable mapping: ctypes takes addresses of writable buffers only.
    with path.open("rb") as file, mmap.mmap(file.fileno(), size, mmap.MAP_PRIVATE) as mapped:
        states = (ctypes.c_ubyte * -(-size // PAGE_BYTES))()
        start = ctypes.c_char.from_buffer(mapped)
        failed = _library().mincore(ctypes.byref(start), ctypes.c_size_t(size), states)
        del start
    if failed:
        raise CannotCount(f"mincore: {os.strerror(ctypes.get_errno())}")
    return bytes(state & 1 for state in states)


def _library() -> Any:
    library = ctypes.CDLL(None, use_errno=True)
    if not hasattr(library, "mincore"):
        raise CannotCount("this system has no mincore")
    return library


def _drop(files: Iterable[Path]) -> None:
    if not hasattr(os, "posix_fadvise"):
        raise CannotCount("this system has no posix_fadvise")
    os.sync()  # only what is on the disk can be dropped
    for path in files:
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _folder(image: str) -> Path:
    """Where Docker keeps the files of an image of one layer."""
    found = docker_output("image", "inspect", "-f", "{{.GraphDriver.Data.UpperDir}}", image)
    folder = Path(found)
    if not found.startswith("/") or not os.access(folder, os.R_OK):
        raise CannotCount("Docker's image files can be read by root only, with overlay2")
    return folder


def _files(folder: Path) -> Iterator[Path]:
    paths = sorted(folder.rglob("*"))
    return (path for path in paths if path.is_file() and not path.is_symlink())


@contextmanager
def _flattened(image: str) -> Iterator[str]:
    """An image with the same files in one layer and the same settings; removed in the end."""
    name = f"lambda-bench/flat:{uuid.uuid4().hex[:12]}"
    container = docker_output("create", image)
    try:
        _import(container, name, json.loads(docker_output("image", "inspect", image))[0]["Config"])
    finally:
        docker_output("rm", container)
    try:
        yield name
    finally:
        docker_output("image", "rm", name)


def _import(container: str, name: str, config: dict[str, Any]) -> None:
    changes = (option for change in _changes(config) for option in ("--change", change))
    with subprocess.Popen(("docker", "export", container), stdout=subprocess.PIPE) as exported:
        command = ("docker", "import", *changes, "-", name)
        imported = subprocess.run(command, stdin=exported.stdout, stdout=subprocess.DEVNULL)
    if exported.returncode or imported.returncode:
        raise PipelineError("the image cannot be flattened; the reason stands above")


def _changes(config: dict[str, Any]) -> Iterator[str]:
    yield f"ENTRYPOINT {json.dumps(config['Entrypoint'])}"
    yield f"CMD {json.dumps(config['Cmd'])}"
    yield f"WORKDIR {config['WorkingDir']}"
    yield f"USER {config['User']}"
    for assignment in config["Env"]:
        variable, value = assignment.split("=", 1)
        yield f"ENV {variable}={json.dumps(value)}"
