import shutil
import subprocess
import sys
from pathlib import Path

from .conftest import DIRECTORY


def test_making_the_model_again_changes_no_byte(tmp_path: Path) -> None:
    copy = shutil.copytree(DIRECTORY, tmp_path / "a copy")
    (copy / "app/model.onnx").unlink()
    subprocess.run([sys.executable, copy / "make_model.py"], check=True)
    for name in ("app/model.onnx", "README.md"):
        assert (copy / name).read_bytes() == (DIRECTORY / name).read_bytes()


def test_the_pins_are_the_same_in_every_file() -> None:
    image = (DIRECTORY / "app/requirements.txt").read_text()
    making = (DIRECTORY / "requirements-make.txt").read_text()
    tests = (DIRECTORY.parent / "tests/requirements.txt").read_text()
    pins = [line for line in (image + making).splitlines() if "==" in line]
    runtime = [line for line in pins if not line.startswith(("simplejson", "snapshot"))]
    assert len(runtime) == 5 and all(pin in tests for pin in runtime)
