import shutil
import subprocess
from pathlib import Path

import pytest

from .conftest import DIRECTORY
from .images import build, files_of

pytestmark = pytest.mark.docker


def test_of_the_engines_the_image_has_onnx_runtime_s_library_alone(onnx_image: str) -> None:
    files = files_of(onnx_image)
    package = {path.name for path in files if "onnxruntime" in path.parent.parts}
    (library,) = package - {"capi", "LICENSE", "ThirdPartyNotices.txt"}
    assert library.startswith("libonnxruntime.so.")
    packages = {path.name for path in files if path.parent.name == "site-packages"}
    assert not packages & {"xgboost", "numpy", "onnx"} and Path("/src/export") not in files
    assert "model.onnx" in {path.name for path in files}
    assert "model.ubj" not in {path.name for path in files}


def test_trees_that_are_answered_otherwise_end_the_build_with_the_first_difference(
    base_image: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(DIRECTORY, tmp_path / "a copy")
    model = copy / "app/model.py"
    model.write_text(
        model.read_text().replace("Tensor(shape, content)", "Tensor(shape, bytes(len(content)))")
    )
    with pytest.raises(subprocess.CalledProcessError):
        build(copy, "Dockerfile.onnx", tmp_path / "build", BASE_IMAGE=base_image)
    assert "build from Dockerfile instead" in capfd.readouterr().err
