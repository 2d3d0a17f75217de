"""Docker's client, and the containers that a check or a measurement starts or has left behind."""

from __future__ import annotations

import os
import subprocess

from pipeline.commands import Ran, capture
from pipeline.errors import DockerError

OWNER = "image-check.process"  # the label that says which process made a container
FORMAT = f'{{{{.Names}}}} {{{{.Label "{OWNER}"}}}}'


def docker(*arguments: str) -> Ran:
    """Show and run a command of Docker's client, whether it succeeds or not."""
    return capture(("docker", *arguments))


def quiet_docker(*arguments: str) -> Ran:
    """Run a command of Docker's client without showing it: measurements run hundreds of them."""
    # In a session of its own, where a terminal's interrupt does not reach it (stopping.py).
    command = ("docker", *arguments)
    return subprocess.run(
        command, capture_output=True, text=True, errors="replace", start_new_session=True
    )


def docker_output(*arguments: str) -> str:
    """Run a command of Docker's client quietly, and give what it prints.

    Raises:
        DockerError: it failed.
    """
    ran = quiet_docker(*arguments)
    if ran.returncode:
        raise DockerError(f"docker {arguments[0]} failed: {ran.stderr.strip()}")
    return ran.stdout.strip()


def has_image(name: str) -> bool:
    """Tell whether Docker has an image on this machine."""
    return docker("image", "inspect", "--format", "{{.Id}}", name).returncode == 0


def log(container: str) -> str:
    """Give all that a container has printed."""
    command = ("docker", "logs", container)
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ).stdout


def label() -> str:
    """Give what a container of this process is labelled with, for `remove_leftovers`."""
    return f"{OWNER}={os.getpid()}"


def remove_leftovers() -> None:
    """Remove the containers of this process, and of those that were killed before they could."""
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
