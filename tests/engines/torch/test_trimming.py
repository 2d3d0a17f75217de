import subprocess
from pathlib import Path

import pytest

from engines.torch.build import constructors, trimming
from tests.engines.torch.compiled import needs_compiler

pytestmark = needs_compiler


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


def test_a_library_of_another_layout_is_told_of_loudly(
    site_packages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trimming.trim(site_packages)
    said = capsys.readouterr().err
    assert said.startswith("*" * 100)
    assert (
        "WARNING: no constructor of PyTorch's library was dropped: libtorch_cpu.so has no " in said
    )
    assert "DROP_CONSTRUCTORS=no" in said


def test_what_was_dropped_is_told(
    site_packages: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constructors, "drop", lambda library: ["TraceType_0", "library"])
    trimming.trim(site_packages)
    said = capsys.readouterr().out
    assert said == "libtorch_cpu.so: dropped 2 constructors: TraceType_0, library\n"


def test_constructors_are_left_where_that_is_asked_for(
    site_packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drop(library: Path) -> list[str]:
        raise AssertionError

    monkeypatch.setattr(constructors, "drop", drop)
    assert trimming.main([str(site_packages), "--drop-constructors", "no"]) == 0


def test_a_network_needs_the_answers_that_it_must_give(site_packages: Path) -> None:
    with pytest.raises(SystemExit):
        trimming.main([str(site_packages), "--network", "network.so"])
