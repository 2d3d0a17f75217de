"""Calls of the container engine."""

from __future__ import annotations

import shlex
import subprocess
import sys


class BenchError(Exception):
    """A measurement that cannot be made; the message says why."""


def docker(*arguments: str) -> str:
    """The standard output of a docker command.

    Raises:
        BenchError: the command failed; with its own message.
    """
    command = ("docker", *arguments)
    # In a session of its own, where a terminal's interrupt does not reach it (tools/stopping.py).
    ran = subprocess.run(command, capture_output=True, text=True, start_new_session=True)
    if ran.returncode:
        raise BenchError(f"{shlex.join(command)} failed: {ran.stderr.strip()}")
    return ran.stdout.strip()


def log(container: str) -> str:
    """All that a container has printed."""
    command = ("docker", "logs", container)
    return subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ).stdout


def show_and_run(*command: str) -> None:
    """Runs a command that takes long, and shows it and what it prints.

    Raises:
        BenchError: it failed; the reason was shown.
    """
    print("+", shlex.join(command), file=sys.stderr)
    if subprocess.run(command, stdout=sys.stderr).returncode:
        raise BenchError(f"{command[0]} {command[1]} failed; the reason stands above")


def say(text: str) -> None:
    """Tells on standard error what is being done."""
    print(f"== {text}", file=sys.stderr, flush=True)
