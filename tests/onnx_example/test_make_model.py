import shutil
import subprocess
import sys
from pathlib import Path

from tests.pins import pins

from .conftest import DIRECTORY


def test_making_the_model_again_changes_no_byte(tmp_path: Path) -> None:
    copy = shutil.copytree(DIRECTORY, tmp_path / "a copy")
    (copy / "app/model.onnx").unlink()
    subprocess.run([sys.executable, copy / "make_model.py"], check=True)
    for name in ("app/model.onnx", "README.md"):
        assert (copy / name).read_bytes() == (DIRECTORY / name).read_bytes()


def test_the_pins_are_the_same_in_every_file() -> None:
    here = pins("onnx-example/app/requirements.txt", "onnx-example/requirements-make.in")
    assert here.keys() == {"onnxruntime", "onnx", "numpy"}
    assert here.items() <= pins("tests/requirements.txt").items()
