import shutil
import subprocess
from pathlib import Path

import pytest

from tests.model_directory import REPOSITORY
from tests.pins import metadata, pins

from .conftest import DIRECTORY
from .images import build, files_of, leave_trees_out, run_in

pytestmark = pytest.mark.docker
SITE_PACKAGES = Path("/opt/venv/lib/python3.11/site-packages")


@pytest.fixture(scope="module")
def files(source_image: str) -> list[Path]:
    return files_of(source_image)


def test_the_library_is_smaller_than_the_wheel_s(source_image: str) -> None:
    (wheel,) = (REPOSITORY / ".venv").glob("lib/*/site-packages/xgboost/lib/libxgboost.so")
    compiled = run_in(source_image, "stat", "-c", "%s", f"{SITE_PACKAGES}/xgboost/lib/{wheel.name}")
    assert int(compiled) < 0.8 * wheel.stat().st_size


def test_the_library_needs_openmp_and_what_every_base_has(source_image: str) -> None:
    library = str(SITE_PACKAGES / "xgboost/lib/libxgboost.so")
    needed = {line.split()[0] for line in run_in(source_image, "ldd", library).splitlines()}
    named = {name.split("/")[-1].split(".")[0] for name in needed}
    assert named <= {"linux-vdso", "libgomp", "libm", "libc", "ld-linux-x86-64", "ld-linux-aarch64"}
    assert "libgomp" in named


def test_the_image_has_neither_compiler_nor_source(source_image: str, files: list[Path]) -> None:
    tools = "for tool in c++ g++ gcc cc ld cmake ninja make; do command -v $tool; done; true"
    assert run_in(source_image, "sh", "-c", tools) == ""
    assert not [path for path in files if path.suffix in {".cc", ".h", ".a", ".o", ".cmake"}]


def test_the_image_has_the_packages_of_the_other_one(files: list[Path]) -> None:
    found = {path.parent.name for path in files if path.name == "METADATA"}
    version = pins("xgboost-example/app/requirements.txt")["xgboost-cpu"]
    assert found == metadata({**pins("serving/requirements.txt"), "xgboost": version})


def test_predictions_other_than_the_wheel_s_end_the_build_with_the_first_difference(
    source_image: str, base_image: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(DIRECTORY, tmp_path / "a copy")
    shutil.copytree(REPOSITORY / "engines", copy / "engines")  # taken instead of the shared one
    leave_trees_out(copy / "engines/xgboost.py")
    with pytest.raises(subprocess.CalledProcessError):
        build(copy, "Dockerfile.source", tmp_path / "build", BASE_IMAGE=base_image)
    assert "build from Dockerfile instead" in capfd.readouterr().err
