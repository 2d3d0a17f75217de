"""The wheels that a model's image installs, downloaded by this machine's pip.

The wheels are chosen for the image's Python and platform. The indexes, certificates and credentials
of this machine's pip never enter an image, and the image's build needs no network.
A limit of `pip download`: markers in requirements (`; sys_platform == "darwin"`) are judged by this
machine's Python and system, not by the image's.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import PipError
from pipeline.image.host_pip import download
from pipeline.image.requirements import has_hashes, included

# The machine's name in Debian's and Python's words.
MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
# What Debian 12 (glibc 2.36) can load. pip adds no older tags to these, but to manylinux2014.
PLATFORMS = (
    *(f"manylinux_2_{minor}" for minor in (36, 35, 34, 31, 28, 27, 24, 17)),
    "manylinux2014",
    "linux",
)
HASHES_MISSING = re.compile(r"in --require-hashes mode", re.IGNORECASE)
NO_WHEEL = re.compile(r"No matching distribution found for (?P<requirement>.+)")


def pip_options(python: str, architecture: str) -> list[str]:
    """List what tells pip to choose for an image instead of for this machine.

    Args:
        python: version of the image's Python, like 3.11.
        architecture: a key of MACHINES.
    """
    platforms = [f"--platform={name}_{MACHINES[architecture]}" for name in PLATFORMS]
    abi = "cp" + python.replace(".", "")
    target = [f"--python-version={python}", "--implementation=cp", f"--abi={abi}"]
    return ["--only-binary=:all:", *target, *platforms]


def fill(
    requirements: Sequence[Path], destination: Path, python: str, architecture: str
) -> list[str]:
    """Put the wheels of requirements files, and of all that they need, into a folder.

    Other wheels that are there go. The files are read one by one: where a line of one has a hash,
    pip asks for the hashes of all.

    Args:
        requirements: files for `pip install -r`.
        destination: made if it is not there; left as it was if anything fails.
        python: version of the image's Python, like 3.11.
        architecture: a key of MACHINES.

    Returns:
        the wheels' file names, sorted.

    Raises:
        PipError: no such file, or a package that has no wheel for this target.
    """
    for file in requirements:
        if not file.is_file():
            raise PipError(f"there is no file {file}; WHEELS_FOR names it")
    destination.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=destination, prefix=".download-") as folder:
        for file in (one for listed in requirements for one in included(listed)):
            _download(file, Path(folder), python, architecture)
        for old in destination.glob("*.whl"):
            old.unlink()
        for wheel in Path(folder).iterdir():
            os.replace(wheel, destination / wheel.name)
    return sorted(wheel.name for wheel in destination.glob("*.whl"))


def _download(file: Path, folder: Path, python: str, architecture: str) -> None:
    options = pip_options(python, architecture)
    if has_hashes(file):
        options.append("--no-deps")  # a lock names all that its image installs, and no more
    try:
        download([*options, "-r", str(file)], folder)
    except PipError as error:
        raise PipError(explained(str(error), file.name, python, architecture)) from error


def explained(message: str, file: str, python: str, architecture: str) -> str:
    """Say what pip's error about a requirements file means here, and what to do."""
    if HASHES_MISSING.search(message):
        return (
            f"{file} has hashes for some packages and none for others, which stand above: take all"
            " hashes out, or add the packages to the .in file and run bash scripts/lock on it"
        )
    found = NO_WHEEL.search(message)
    if not found:
        return message
    return (
        f"{found['requirement']} has no wheel for Python {python} on {architecture} Linux in this"
        " machine's package indexes: pin a version that has one, or build without a wheelhouse"
    )
