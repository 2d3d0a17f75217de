"""The virtual environment of the control plane and the AWS CLI, ``local/.venv``."""

import fcntl
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from local.errors import LocalAwsError

HERE = Path(__file__).resolve().parent
BUILD = HERE.parent / ".build"
LOCK = BUILD / "local-venv.lock"
FOLDER = HERE / ".venv"
PYTHON = FOLDER / "bin" / "python"
# Only the AWS CLI is put on a user's PATH, not the environment's python and pip.
CLI = FOLDER / "cli"
REQUIREMENTS = HERE / "requirements.txt"
# Written last: an environment without it, or with another text in it, is made again.
MADE_FROM = FOLDER / "requirements.txt"


def make() -> None:
    """Make the environment if it is not there, is unfinished, or is of other requirements.

    Raises:
        LocalAwsError: it cannot be made.
    """
    if _is_made():
        return
    LOCK.parent.mkdir(exist_ok=True)
    with LOCK.open("w") as lock:
        # A pip that outlives a killed command keeps the lock: nobody installs beside it.
        os.set_inheritable(lock.fileno(), True)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_made():
            _make()


def _is_made() -> bool:
    return MADE_FROM.exists() and MADE_FROM.read_bytes() == REQUIREMENTS.read_bytes()


def _make() -> None:
    print(f"making the virtual environment {FOLDER} (once, about a minute)", flush=True)
    shutil.rmtree(FOLDER, ignore_errors=True)
    _require_venv()
    run([sys.executable, "-m", "venv", str(FOLDER)])
    # Whoever waits at a terminal sees pip at work; a log would be full of it.
    quiet = [] if sys.stdout.isatty() else ["-qq"]
    pip = [str(PYTHON), "-m", "pip", *quiet, "--disable-pip-version-check"]
    run([*pip, "install", "--requirement", str(REQUIREMENTS)])
    _write_cli()
    shutil.copyfile(REQUIREMENTS, MADE_FROM)


def _write_cli() -> None:
    """Write a launcher of the AWS CLI: the first line of pip's breaks in a path with a space."""
    CLI.mkdir()
    launcher = CLI / "aws"
    launcher.write_text(f'#!/bin/sh\nexec {shlex.quote(str(PYTHON))} -m awscli "$@"\n')
    launcher.chmod(0o755)


def _require_venv() -> None:
    """Install Debian's python3-venv if Python's own venv module cannot work without it."""
    if importlib.util.find_spec("ensurepip"):
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise LocalAwsError(f"python3 cannot make virtual environments: apt-get install {package}")
    run(["apt-get", "update", "-qq"])
    run(["apt-get", "install", "-qq", "--yes", "--no-install-recommends", package])


def run(command: list[str]) -> None:
    """Show a command and run it, its output where this program's goes.

    Raises:
        LocalAwsError: it failed, or is not there.
    """
    print(f"+ {shlex.join(command)}", flush=True)
    try:
        # `local/aws file` prints a path, and what goes on to standard error.
        subprocess.run(
            command, check=True, stdin=subprocess.DEVNULL, stdout=sys.stdout, close_fds=False
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise LocalAwsError(f"failed: {shlex.join(command)}: mend that and run it again") from error
