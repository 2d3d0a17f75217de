"""The digests of a model's files: a build writes them, so that no request has to read the files.

python -m serving.digests
"""

import json
import os
from collections.abc import Iterator
from hashlib import file_digest

DIGESTS = "digests.json"
# What lies beside a model's files in an image.
PACKAGES = {"serving", "engines", "apps", "__pycache__"}
CODE = (".py", ".pyc")
SAID = {DIGESTS, "about.json", "example.json"}


def write_digests(folder: str) -> None:
    """Write `digests.json`: each file of the model with its size in bytes and its SHA-256."""
    found = [_digest(folder, file) for file in sorted(_files(folder))]
    with open(os.path.join(folder, DIGESTS), "w", encoding="utf-8") as written:
        json.dump(found, written)


def _digest(folder: str, name: str) -> dict[str, object]:
    path = os.path.join(folder, name)
    with open(path, "rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    return {"name": name, "bytes": os.path.getsize(path), "sha256": digest}


def _files(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in PACKAGES]
        for name in names:
            if not name.endswith(CODE) and name not in SAID:
                yield os.path.relpath(os.path.join(place, name), folder)


if __name__ == "__main__":
    write_digests(os.getcwd())
