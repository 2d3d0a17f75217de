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
    ran = subprocess.run(("docker", *arguments), capture_output=True, text=True)
    if ran.returncode:
        raise BenchError(f"{shlex.join(('docker', *arguments))} failed: {ran.stderr.strip()}")
    return ran.stdout.strip()


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
