"""Virtual environments of other tools' clients and servers, made once and kept in .build."""

import hashlib
import subprocess
import sys
from pathlib import Path

from tests.model_directory import REPOSITORY

FOLDER = Path(__file__).parent


def python_of(lock_name: str) -> Path:
    """Make one where there is none of a lock, `clients.txt` or `kserve.txt`; its Python."""
    lock = FOLDER / lock_name
    name = hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    folder = REPOSITORY / ".build" / "door-clients" / name
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        install = [str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet"]
        into = ["--python", str(python), "--require-hashes", "-r", str(lock)]
        subprocess.run([*install, *into], check=True)
        (folder / "complete").touch()
    return python
