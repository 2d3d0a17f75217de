"""The virtual environment of other tools' clients and servers, made once and kept in .build."""

import hashlib
import subprocess
import sys
from pathlib import Path

from tests.model_directory import REPOSITORY

LOCK = Path(__file__).with_name("clients.txt")


def clients_python() -> Path:
    """Make it where there is none of this lock; the Python that has the clients."""
    name = hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]
    folder = REPOSITORY / ".build" / "door-clients" / name
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        install = [str(Path(sys.executable).parent / "uv"), "pip", "install", "--quiet"]
        into = ["--python", str(python), "--require-hashes", "-r", str(LOCK)]
        subprocess.run([*install, *into], check=True)
        (folder / "complete").touch()
    return python
