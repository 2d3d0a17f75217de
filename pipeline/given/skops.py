"""Which version of scikit-learn saved a file of skops, without reading the objects in it."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from pipeline.errors import GivenError

SCHEMA = "schema.json"
MAX_SCHEMA_BYTES = 64 << 20
VERSION = re.compile(rb'"_sklearn_version": \{[^}]*"content": "\\"([0-9]+\.[0-9]+)([0-9a-z.]*)\\""')
PINNED = re.compile(r"^(scikit-learn|numpy|scipy)==.*$", re.MULTILINE)
OLDEST = (1, 2)
NUMPY_2 = (1, 5)  # the first that is built for it
# What versions before that one are used with.
BEFORE_NUMPY_2 = {"numpy": "1.26.4", "scipy": "1.11.4"}


def is_skops(path: Path) -> bool:
    """Tell whether a file is what `skops.io.dump` writes."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return SCHEMA in archive.namelist() and b'"_skops_version"' in _schema(archive)


def fit_requirements(text: str, model: Path) -> str:
    """Pin the version of scikit-learn that saved a model.

    Args:
        text: requirements of an image.
        model: the file.

    Raises:
        GivenError: that version is too old for the image's Python.
    """
    with zipfile.ZipFile(model) as archive:
        found = VERSION.search(_schema(archive))
    if not found:
        return text
    minor = tuple(int(part) for part in found[1].decode().split("."))
    version = (found[1] + found[2]).decode()
    if minor < OLDEST:
        raise GivenError(
            f"{model} was saved by scikit-learn {version}, and the oldest served is 1.2: fit"
            " and save it again with a newer one"
        )
    pins = {"scikit-learn": version, **({} if minor >= NUMPY_2 else BEFORE_NUMPY_2)}
    return PINNED.sub(lambda line: _pin(line, pins), text)


def _pin(line: re.Match[str], pins: dict[str, str]) -> str:
    return f"{line[1]}=={pins[line[1]]}" if line[1] in pins else line[0]


def _schema(archive: zipfile.ZipFile) -> bytes:
    if archive.getinfo(SCHEMA).file_size > MAX_SCHEMA_BYTES:
        raise GivenError(f"its {SCHEMA} is larger than {MAX_SCHEMA_BYTES >> 20} MiB")
    return archive.read(SCHEMA)
