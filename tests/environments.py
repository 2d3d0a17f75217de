"""Virtual environments of other tools, made once of their locks and kept in .build."""

import hashlib
import subprocess
import sys
from pathlib import Path

from tests.model_directory import REPOSITORY


def python_of(lock_name: str) -> Path:
    """Make one where there is none of a lock, by its path from tests/; its Python."""
    lock = REPOSITORY / "tests" / lock_name
    name = hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    folder = REPOSITORY / ".build" / "tools" / name
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        install = [str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet"]
        into = ["--python", str(python), "--require-hashes", "-r", str(lock)]
        subprocess.run([*install, *into], check=True)
        (folder / "complete").touch()
    return python
