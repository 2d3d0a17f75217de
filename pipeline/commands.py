"""Commands of other programs, each shown with `+` before it runs, as it can be typed."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence

Environ = Mapping[str, str]
Ran = subprocess.CompletedProcess[str]
# Names of files and what archives hold may have them, and a terminal obeys them.
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def say(heading: str) -> None:
    """Tell on standard error which part of a step begins; control characters as in `note`."""
    note(f"\n== {heading}")


def note(line: str) -> None:
    """Tell something on standard error, with control characters as `\\x1b`, but lines and tabs."""
    shown = CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", line)
    print(shown, file=sys.stderr, flush=True)


def show(command: Sequence[str]) -> None:
    """Write a command to standard error as a shell takes it."""
    note(f"+ {shlex.join(command)}")


def capture(
    command: Sequence[str], environ: Environ | None = None, stdin: str | None = None
) -> Ran:
    """Show and run a command, and keep what it prints; a terminal's signals do not reach it."""
    show(command)
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


def run(command: Sequence[str], environ: Environ | None = None) -> bool:
    """Show and run a command whose output goes to standard error; whether it succeeded."""
    show(command)
    ran = subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    return ran.returncode == 0
