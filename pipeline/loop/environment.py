"""The virtual environment of a model's requirements: made once for each, whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pipeline.commands import note, show
from pipeline.errors import LoopError
from pipeline.places import BUILD

VENVS = BUILD / "venvs"
COMMENT = re.compile(r"(^|\s)#[^\n]*")  # as pip has it
ANOTHER = re.compile(r"(?:-r|-c|--requirement|--constraint)[ =]*(\S+)")
FINISHED = "finished"  # written last: an environment without it is made again
ABOUT = "import sys; print(sys.version, sys.base_prefix, sys.platform)"
LINES_OF_PIP = 12


class Needs(NamedTuple):
    """What an environment is made of.

    Attributes:
        files: the requirements files, in the order in which pip installs them.
        dependencies: of each, whether the packages' own requirements are installed too.
    """

    files: Sequence[Path]
    dependencies: Sequence[bool]


@cache
def find_python(version: str) -> str:
    """Find the Python that runs a model: that of its version, else the one that runs this.

    Args:
        version: of the image, such as 3.11.
    """
    here = "{}.{}".format(*sys.version_info)
    if here == version:
        return sys.executable
    named = shutil.which(f"python{version}")
    if named and _output([named, "-c", ABOUT]).startswith(f"{version}."):
        return named
    old = " serving/ needs 3.11 or newer." if sys.version_info < (3, 11) else ""
    note(
        f"the image has Python {version}, this machine {here}, which the app runs on here.{old}"
        f" Install python{version} to have the same"
    )
    return sys.executable


def environment(needs: Needs, python: str) -> Path:
    """Give the Python of the virtual environment with what a model needs; make it where needed.

    Raises:
        LoopError: it cannot be made; the message is pip's.
    """
    folder = VENVS / _key(needs, python)
    VENVS.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (VENVS / f"{folder.name}.lock").open("w") as lock:
        # A pip that outlives a killed loop keeps the lock: nobody installs beside it.
        os.set_inheritable(lock.fileno(), True)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / FINISHED).is_file():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            _make(folder, needs, python)
            (folder / FINISHED).touch()
    return _python_of(folder)


def _key(needs: Needs, python: str) -> str:
    """A name for what is installed, whatever the comments are, and for the Python."""
    pins = [[*_pins(file)] for file in needs.files]
    facts = (_output([python, "-c", ABOUT]), pins, [*needs.dependencies])
    return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def _pins(file: Path) -> Iterator[str]:
    """Give the lines of a requirements file, and of those that it names."""
    for line in COMMENT.sub("", file.read_text(encoding="utf-8")).splitlines():
        if line.strip():
            yield line.strip()
        if (found := ANOTHER.match(line)) and file.with_name(found[1]).is_file():
            yield from _pins(file.with_name(found[1]))


def _make(folder: Path, needs: Needs, python: str) -> None:
    note("making the virtual environment of these requirements, once")
    _run([python, "-m", "venv", "--without-pip", str(folder)])
    pip = _pip(folder, python)
    for file, dependencies in zip(needs.files, needs.dependencies):
        options = [] if dependencies else ["--no-deps"]
        _run([*pip, "install", "--no-input", *options, "-r", str(file)])


def _pip(folder: Path, python: str) -> list[str]:
    """Give the words that start a pip for an environment: one beside it, else one of its own."""
    inside = str(_python_of(folder))
    beside = [python, "-m", "pip", "--disable-pip-version-check", "--python", inside]
    if _output([*beside, "--version"]):  # older than 22.3, it has no --python
        return beside
    _run([inside, "-m", "ensurepip"])
    return [inside, "-m", "pip", "--disable-pip-version-check"]


def _python_of(folder: Path) -> Path:
    return folder / "bin" / "python"


def _output(command: Sequence[str]) -> str:
    """Give what a command prints, nothing where it fails."""
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return "" if ran.returncode else ran.stdout


def _run(command: Sequence[str]) -> None:
    show(command)
    lines = []
    # The lock's file is passed on.
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        close_fds=False,
    )
    assert process.stdout is not None
    try:
        for line in process.stdout:
            sys.stderr.write(line)
            lines.append(line)
        status = process.wait()
    except BaseException:
        process.kill()
        raise
    if status:
        errors = [line for line in lines if line.startswith("ERROR:")]
        said = (errors[-1] if errors else "".join(lines[-LINES_OF_PIP:])).strip()
        raise LoopError(f"the requirements cannot be installed on this machine. pip says: {said}")
