import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.pytorch_example.parts import part

constructors = part("export.constructors")

pytestmark = pytest.mark.skipif(
    shutil.which("g++") is None, reason="needs a C++ compiler (Debian, Ubuntu: apt-get install g++)"
)
# Each says, when the library is loaded, which source file it is of.
SOURCE = '#include <cstdio>\nstatic int said = std::puts("{name}");\n'
FILES = ("RegisterSchema", "VariableType_3", "RegisterCPU_0", "TraceTypeManual", "BatchRulesNorm")
NEEDED = ["RegisterSchema", "RegisterCPU_0"]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A library whose source files are named as PyTorch's are."""
    sources = [tmp_path / f"{name}.cpp" for name in FILES]
    for source in sources:
        source.write_text(SOURCE.format(name=source.stem))
    path = tmp_path / "library.so"
    subprocess.run(["g++", "-shared", "-fPIC", "-o", path, *sources], check=True)
    return path


def run_on_load(library: Path) -> list[str]:
    """The source files whose constructors run, in order."""
    code = "import ctypes, sys; ctypes.CDLL(sys.argv[1])"
    command = [sys.executable, "-c", code, str(library)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def test_constructors_of_operators_that_inference_never_calls_do_not_run(library: Path) -> None:
    assert run_on_load(library) == list(FILES)
    assert constructors.drop(library, constructors.unneeded(library)) == 3
    assert run_on_load(library) == NEEDED


def test_they_are_known_before_the_symbols_are_stripped_and_dropped_after(library: Path) -> None:
    addresses = constructors.unneeded(library)
    subprocess.run(["strip", "--strip-unneeded", library], check=True)
    assert constructors.unneeded(library) == set()
    assert constructors.drop(library, addresses) == 3
    assert run_on_load(library) == NEEDED


def test_dropping_them_again_changes_nothing(library: Path) -> None:
    addresses = constructors.unneeded(library)
    constructors.drop(library, addresses)
    before = library.read_bytes()
    assert constructors.drop(library, addresses) == 0
    assert library.read_bytes() == before


def test_stripping_the_library_afterwards_brings_none_back(library: Path) -> None:
    constructors.drop(library, constructors.unneeded(library))
    subprocess.run(["strip", "--strip-unneeded", library], check=True)
    assert run_on_load(library) == NEEDED


def test_a_list_that_no_plain_relocations_fill_is_left_alone(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    addresses, before = constructors.unneeded(library), library.read_bytes()
    packed: Any = ()  # as a linker leaves it that packs relocations: DT_RELR
    monkeypatch.setattr(constructors, "RELATIVE", packed)
    assert constructors.drop(library, addresses) == 0
    assert library.read_bytes() == before
