import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engines.torch.build import constructors
from tests.engines.torch.compiled import needs_compiler

pytestmark = needs_compiler
# Each says, when the library is loaded, which source file it is of.
SOURCE = '#include <cstdio>\nstatic int said = std::puts("{name}");\n'
NEEDED = [
    "RegisterSchema",
    "RegisterCPU_0",
    "VariableFallbackKernel",
    "BackendSelectFallbackKernel",
]
UNNEEDED = sorted(constructors.UNNEEDED)


def build(folder: Path, names: list[str]) -> Path:
    """A library of source files of these names."""
    sources = [folder / f"{name}.cpp" for name in names]
    for source in sources:
        source.write_text(SOURCE.format(name=source.stem))
    path = folder / "library.so"
    subprocess.run(["g++", "-shared", "-fPIC", "-o", path, *sources], check=True)
    return path


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library whose source files are named as PyTorch's are."""
    return build(tmp_path_factory.mktemp("made"), [*NEEDED[:2], *UNNEEDED, *NEEDED[2:]])


@pytest.fixture
def library(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copy(made, tmp_path / "library.so"))


def run_on_load(library: Path) -> list[str]:
    """The source files whose constructors run, in order."""
    code = "import ctypes, sys; ctypes.CDLL(sys.argv[1])"
    command = [sys.executable, "-c", code, str(library)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def test_constructors_of_operators_that_inference_never_calls_do_not_run(library: Path) -> None:
    assert sorted(run_on_load(library)) == sorted([*NEEDED, *UNNEEDED])
    assert constructors.drop(library) == UNNEEDED
    assert run_on_load(library) == NEEDED


def test_stripping_the_library_afterwards_brings_none_back(library: Path) -> None:
    constructors.drop(library)
    subprocess.run(["strip", "--strip-unneeded", library], check=True)
    assert run_on_load(library) == NEEDED


def refused(library: Path) -> str:
    """Why nothing is dropped of a library, which stays as it is."""
    before = library.read_bytes()
    with pytest.raises(constructors.LayoutError) as error:
        constructors.drop(library)
    assert library.read_bytes() == before
    return str(error.value)


def test_without_its_symbols_a_library_is_left_alone(library: Path) -> None:
    subprocess.run(["strip", "--strip-unneeded", library], check=True)
    assert "library.so has no constructors of RegisterCPU, " in refused(library)


@pytest.mark.parametrize("missing", ["VariableFallbackKernel", "autocast_mode"])
def test_a_library_without_a_file_that_was_there_is_left_alone(
    tmp_path: Path, missing: str
) -> None:
    names = [name for name in (*NEEDED, *UNNEEDED) if name != missing]
    assert refused(build(tmp_path, names)) == f"library.so has no constructors of {missing}"


def test_a_list_that_no_plain_relocations_fill_is_left_alone(
    library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed: Any = ()  # as a linker leaves it that packs relocations: DT_RELR
    monkeypatch.setattr(constructors, "RELATIVE", packed)
    assert "not listed as relocations" in refused(library)
