import shutil
import subprocess
from pathlib import Path

import pytest

from tests.pytorch_example.parts import part

trimming = part("export.trimming")

pytestmark = pytest.mark.skipif(
    shutil.which("gcc") is None, reason="needs a C compiler (Debian, Ubuntu: apt-get install g++)"
)


def build(folder: Path, name: str, *options: str) -> None:
    """A shared library that looks for others beside itself."""
    command = ["gcc", "-shared", "-x", "c", "/dev/null", "-o", name, "-Wl,-rpath,$ORIGIN"]
    subprocess.run([*command, *options], check=True, cwd=folder)


@pytest.fixture
def site_packages(tmp_path: Path) -> Path:
    """A torch of three libraries, one of which nothing needs, with all that is to go."""
    lib = tmp_path / "torch" / "lib"
    lib.mkdir(parents=True)
    build(lib, "libc10.so")
    build(lib, "libtorch_cpu.so", "-L.", "-Wl,--no-as-needed", "-lc10")
    build(lib, "libtorch_python.so")
    for name in ("torch/__init__.py", "torch/include/torch/nn.h", "torchgen/model.py", "PIL/a.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_only_the_library_and_what_it_links_to_are_left_of_torch(site_packages: Path) -> None:
    trimming.trim(site_packages)
    left = {str(path.relative_to(site_packages)) for path in site_packages.rglob("*.*")}
    assert left == {"torch/lib/libtorch_cpu.so", "torch/lib/libc10.so", "PIL/a.py"}


def test_no_folder_is_left_of_what_is_gone(site_packages: Path) -> None:
    trimming.trim(site_packages)
    folders = {path.name for path in site_packages.rglob("*") if path.is_dir()}
    assert folders == {"torch", "lib", "torchgen", "PIL"}


def test_trimming_again_changes_nothing(site_packages: Path) -> None:
    trimming.trim(site_packages)
    before = sorted(site_packages.rglob("*"))
    trimming.trim(site_packages)
    assert sorted(site_packages.rglob("*")) == before
