"""Lambda's Runtime Interface Emulator: it runs a model's image as Lambda would.

It is downloaded once into `.build/.rie/` and checked each time. The environment variable RIE_PATH
names a binary to take instead. The binaries come out of the wheel of AWS's own SAM CLI: the machine
needs a Python package index and no more.

Source: https://github.com/aws/aws-lambda-runtime-interface-emulator
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import EmulatorError, PipError
from pipeline.image.host_pip import download
from pipeline.places import BUILD

SAM_CLI_VERSION = "1.170.0"
SHA256 = {
    "x86_64": "6b1e686e62ab2baf5759c412c4864276ef2a88b094fca53ec070637ccba9b9a5",
    "arm64": "ec2e5d09633d853834c008b1ef264bf834b258a94d551d2b2074966494b39a21",
}
ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "arm64": "arm64", "aarch64": "arm64"}
CACHE = BUILD / ".rie"


def is_intact(binary: Path, architecture: str) -> bool:
    """Tell whether a file is the emulator that belongs here, to the last byte."""
    if not binary.is_file():
        return False
    return hashlib.sha256(binary.read_bytes()).hexdigest() == SHA256[architecture]


def put_in_place(content: bytes, binary: Path) -> None:
    """Write an executable file; a reader sees all of it or nothing."""
    binary.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=binary.parent, prefix=".rie-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.chmod(name, 0o755)
        os.replace(name, binary)
    except BaseException:
        os.unlink(name)
        raise


def downloaded(architecture: str) -> bytes:
    """Download the emulator's bytes, from the wheel in this machine's package index.

    Raises:
        PipError: pip is missing, or found or got no wheel.
    """
    print("downloading Lambda's Runtime Interface Emulator (8 MB, once)", file=sys.stderr)
    # The wheel is the same on every Python, whatever it says it needs: only a file in it is used.
    options = ["--no-deps", "--only-binary=:all:", "--ignore-requires-python"]
    with tempfile.TemporaryDirectory(prefix="rie-") as folder:
        download([*options, f"aws-sam-cli=={SAM_CLI_VERSION}"], Path(folder))
        wheel = next(Path(folder).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(f"samcli/local/rapid/aws-lambda-rie-{architecture}")


def emulator(
    architecture: str, environ: Mapping[str, str] = os.environ, cache: Path = CACHE
) -> Path:
    """Find the emulator for one architecture, and download it where it is not there.

    Args:
        architecture: a key of SHA256.
        environ: RIE_PATH in it names a binary to take as it is.
        cache: where downloaded binaries are kept.

    Raises:
        EmulatorError: RIE_PATH names no file, or the download failed or is another file.
    """
    own = environ.get("RIE_PATH")
    if own:
        if not Path(own).is_file():
            raise EmulatorError(
                f"there is no file RIE_PATH={own}: unset it, or name an emulator binary"
            )
        return Path(own).resolve()
    binary = cache / SAM_CLI_VERSION / f"aws-lambda-rie-{architecture}"
    if not is_intact(binary, architecture):
        try:
            put_in_place(downloaded(architecture), binary)
        except (PipError, StopIteration, KeyError, zipfile.BadZipFile) as error:
            raise EmulatorError(
                f"{error}; or set RIE_PATH to an emulator binary of your own"
            ) from error
    if not is_intact(binary, architecture):
        binary.unlink()
        raise EmulatorError(
            f"aws-sam-cli {SAM_CLI_VERSION} holds an emulator with another SHA-256 sum"
        )
    return binary
