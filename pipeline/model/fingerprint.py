"""Names what an image is made from: a hash of its build context, Dockerfile and build arguments.

The image's tag is this hash, so an unchanged model has a tag that is already in the repository. The
project's name is one of the facts: models that share a repository never share a tag.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from pathlib import Path

from pipeline.model.context import everything_in

LENGTH = 16


def fingerprint(context: Path, facts: list[str], without: Collection[str] = ()) -> str:
    """Hash a build, the same exactly where the build is.

    Args:
        context: the build context.
        facts: all else that the build depends on: Dockerfile, architecture, build arguments.
        without: names of files in the context that the build does not read.

    Returns:
        16 hex digits.

    Raises:
        OSError: a file that cannot be read.
    """
    whole = hashlib.sha256()
    for fact in facts:
        whole.update(_length_and_bytes(fact.encode()))
    for path in everything_in(context):
        if path.relative_to(context).as_posix() in without:
            continue
        whole.update(_length_and_bytes(os.fsencode(path.relative_to(context))))
        whole.update(_digest(path))
    return whole.hexdigest()[:LENGTH]


def _length_and_bytes(field: bytes) -> bytes:
    # Without its length, "ab" and "c" would read like "a" and "bc".
    return len(field).to_bytes(8, "big") + field


def _digest(path: Path) -> bytes:
    if path.is_dir():
        return b"folder"
    content = hashlib.sha256(b"executable" if os.access(path, os.X_OK) else b"file")
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            content.update(block)
    return content.digest()
