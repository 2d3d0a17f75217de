"""What is left of a compiled library, beside binutils' own `strip`."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from serving.strip import strip_all


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """The packages of a virtual environment with a library that has its symbols."""
    packages = tmp_path / "venv/lib/python3.11/site-packages"
    shutil.copytree(os.path.dirname(msgspec.__file__), packages / "msgspec")
    return packages


def library(packages: Path) -> Path:
    (found,) = (packages / "msgspec").glob("_core.*.so")
    return found


def test_a_library_is_no_larger_than_binutils_make_it_and_works(packages: Path) -> None:
    if not shutil.which("strip"):
        pytest.skip("there are no binutils")
    path = library(packages)
    stripped = packages / "stripped"
    subprocess.run(["strip", "-o", stripped, path], check=True)
    assert stripped.stat().st_size < path.stat().st_size
    strip_all(str(packages.parents[2]))
    assert path.stat().st_size <= stripped.stat().st_size
    code = "import msgspec; print(msgspec.__file__, msgspec.json.decode(b'[1]'))"
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(packages)}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.split(maxsplit=1) == [str(packages / "msgspec/__init__.py"), "[1]\n"]


def test_once_more_changes_nothing(packages: Path) -> None:
    strip_all(str(packages.parents[2]))
    once = library(packages).read_bytes()
    strip_all(str(packages.parents[2]))
    assert library(packages).read_bytes() == once


def test_other_packages_and_other_files_stay_as_they_are(packages: Path) -> None:
    other = packages / "model" / "_core.so"
    other.parent.mkdir()
    shutil.copy(library(packages), other)
    script = packages / "simplejson" / "linker.so"
    script.parent.mkdir()
    script.write_text("INPUT(-lm)\n")
    strip_all(str(packages.parents[2]))
    assert other.stat().st_size > library(packages).stat().st_size
    assert script.read_text() == "INPUT(-lm)\n"
