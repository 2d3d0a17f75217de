"""The engine's containers that a check or a measurement starts, and those that one has left."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys

OWNER = "image-check.process"  # the label that says which process made a container
FORMAT = f'{{{{.Names}}}} {{{{.Label "{OWNER}"}}}}'


def docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Shows and runs a command of the engine's client; a terminal's signals do not reach it."""
    print("+", shlex.join(("docker", *arguments)), file=sys.stderr)
    command = ("docker", *arguments)
    return subprocess.run(command, capture_output=True, text=True, start_new_session=True)


def label() -> str:
    """What a container of this process is labelled with, for `remove_leftovers`."""
    return f"{OWNER}={os.getpid()}"


def remove_leftovers() -> None:
    """Removes the containers of this process, and of those that were killed before they could."""
    listed = docker("ps", "--all", "--filter", f"label={OWNER}", "--format", FORMAT).stdout
    for name, owner in (line.split() for line in listed.splitlines()):
        if int(owner) == os.getpid() or not _runs(int(owner)):
            docker("rm", "--force", "--volumes", name)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True  # as somebody else's
    return True
