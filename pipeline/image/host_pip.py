"""This machine's pip: it knows the machine's package indexes, certificates and credentials."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipeline.commands import show
from pipeline.errors import PipError


def _succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextlib.contextmanager
def pip_command() -> Iterator[list[str]]:
    """Give the words that start pip; on a Python without one, that of a short-lived environment.

    Raises:
        PipError: this Python has neither pip nor what it takes to make one.
    """
    pip = [sys.executable, "-m", "pip"]
    if _succeeds([*pip, "--version"]):
        yield pip
        return
    with tempfile.TemporaryDirectory(prefix="pip-") as folder:
        if not _succeeds([sys.executable, "-m", "venv", folder]):
            raise PipError(
                f"{sys.executable} has no pip: install it (Debian and Ubuntu: sudo apt-get install "
                "python3-pip; elsewhere: python3 -m ensurepip)"
            )
        yield [str(Path(folder) / "bin" / "python"), "-m", "pip"]


def download(arguments: list[str], destination: Path) -> None:
    """Run `pip download` and show the command and what pip says on stderr.

    Args:
        arguments: requirements and options.
        destination: the folder that gets the files.

    Raises:
        PipError: pip is missing, or failed; then the message is pip's last error.
    """
    with pip_command() as pip:
        options = ["--disable-pip-version-check", "--no-input", "--dest", str(destination)]
        command = [*pip, "download", *options, *arguments]
        show(command)
        lines = _run_and_show(command)
    if lines is not None:
        errors = [line for line in lines if line.startswith("ERROR:")]
        raise PipError((errors or lines or ["pip failed and said nothing"])[-1].strip())


def _run_and_show(command: list[str]) -> list[str] | None:
    """Run a command with its output on stderr; its lines where it fails, else nothing."""
    lines = []
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    assert process.stdout is not None
    for line in process.stdout:
        sys.stderr.write(line)
        lines.append(line)
    return lines if process.wait() != 0 else None
