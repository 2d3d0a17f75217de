import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import PipError
from pipeline.image.host_pip import download
from tests.pipeline.image.wheels import write_wheel


def test_a_python_without_pip_downloads_with_the_pip_of_a_virtual_environment(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    monkeypatch.setattr(sys, "executable", str(bare / "bin" / "python"))
    wheel = write_wheel(index, "demo-1.0")
    download(["demo"], tmp_path / "wheels")
    assert (tmp_path / "wheels" / wheel.name).read_bytes() == wheel.read_bytes()


def test_a_python_without_pip_and_venv_is_an_error_that_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(PipError, match="apt-get install python3-pip"):
        download(["demo"], tmp_path)


def test_what_pip_says_last_is_the_error(index: Path, tmp_path: Path) -> None:
    with pytest.raises(PipError, match="No matching distribution found for demo"):
        download(["demo"], tmp_path)


def test_the_command_and_its_output_are_on_stderr_only(
    index: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_wheel(index, "demo-1.0")
    download(["demo"], tmp_path / "wheels")
    stdout, stderr = capfd.readouterr()
    assert stdout == ""
    assert stderr.startswith("+ ")
    assert "demo-1.0-py3-none-any.whl" in stderr
