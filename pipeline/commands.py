"""Commands of other programs, each shown with `+` before it runs, as it can be typed."""

from __future__ import annotations

import atexit
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence

from pipeline.errors import PipelineError
from pipeline.output import run_command
from pipeline.terminal import BOLD, DIM, Working, seconds, write

Environ = Mapping[str, str]
Ran = subprocess.CompletedProcess[str]
LEAST_SECONDS = 1.0  # that are worth a line
_begun: list[float] = []  # when the part that goes on began


def say(heading: str) -> None:
    """Tell on standard error which part of a step begins, and how long the one before it took."""
    finish()
    write(f"\n== {heading}", BOLD)
    _begun.append(time.monotonic())


def finish() -> None:
    """Tell how long the part that goes on has taken, if it was long."""
    if _begun and (took := time.monotonic() - _begun.pop()) >= LEAST_SECONDS:
        write(f"   {seconds(took)}", DIM)


atexit.register(finish)


def note(line: str) -> None:
    """Tell something on standard error, with control characters as `\\x1b`, but lines and tabs."""
    write(line)


def confirm(yes: bool, question: str, otherwise: str) -> None:
    """Ask a question, unless it was answered with -y.

    Raises:
        PipelineError: the answer is no, or nobody is there; what did not happen, and the way out.
    """
    if yes:
        return
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip() not in ("y", "Y", "yes"):
        raise PipelineError(f"{otherwise}. Answer y, or give -y")


def show(command: Sequence[str]) -> None:
    """Write a command to standard error as a shell takes it."""
    write(f"+ {shlex.join(command)}", DIM)


def capture(
    command: Sequence[str],
    environ: Environ | None = None,
    stdin: str | None = None,
    shown: bool = True,
) -> Ran:
    """Show and run a command, and keep what it prints; a terminal's signals do not reach it."""
    if shown:
        show(command)
    with Working(" ".join(command[:3])):
        return subprocess.run(
            command,
            env=environ,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            errors="replace",
            start_new_session=True,
        )


def run(
    command: Sequence[str],
    environ: Environ | None = None,
    hear: Callable[[str], object] | None = None,
) -> bool:
    """Show and run a command, with its output as `pipeline.output` has it; whether it succeeded.

    Args:
        command: the program and its arguments.
        environ: its variables; None for this process's.
        hear: gets each line of the output as well.
    """
    show(command)
    return run_command(command, environ, hear)
