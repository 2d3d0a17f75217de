"""Programs of PyTorch, as `torch.export.save` writes them: an archive, of which nothing is loaded.

Source: torch/export/pt2_archive/constants.py.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

MODEL, FORMAT, COMPILED = "/models/model.json", "/archive_format", "/data/aotinductor/"
# Weights that are pickled in a file of their own, as older versions had them.
OLD_WEIGHTS = "/data/weights/model.pt"
MAGIC = b"pt2"


def is_program(path: Path) -> bool:
    """Tell such a file from archives that PyTorch writes otherwise."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        root = names[0].partition("/")[0] if names else ""
        if not {root + MODEL, root + FORMAT} <= {*names} or root + OLD_WEIGHTS in names:
            return False
        if any(name.startswith(root + COMPILED) for name in names):
            return False
        with archive.open(root + FORMAT) as file:
            return file.read(len(MAGIC) + 1).strip() == MAGIC
