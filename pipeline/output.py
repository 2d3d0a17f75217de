"""What commands print: passed on as it comes, or kept in a file that is shown where one fails."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.places import BUILD
from pipeline.terminal import Working, escaped, moves, write

LOGS = BUILD / "logs"
MOST_LOGS = 20
SHOWN_LINES = 40
Hear = Callable[[str], object]  # gets each line of a command's output as well


def run_folded(
    command: Sequence[str], environ: Mapping[str, str] | None, hear: Hear | None = None
) -> bool:
    """Run a command with its output kept; whether it succeeded. If not, the end of it is shown."""
    log = _new_log(command[0])
    with log.open("w", encoding="utf-8") as file, Working(" ".join(command[:2])) as working:
        process = _start(command, environ)
        for line in _lines(process, hear):
            file.write(line)
            working.hear(line)
        succeeded = process.wait() == 0
    if not succeeded:
        kept = log.read_text(encoding="utf-8").splitlines()
        write("\n".join(kept[-SHOWN_LINES:]))
        write(f"({len(kept):,} lines in all, in {log})")
    return succeeded


def run_shown(
    command: Sequence[str], environ: Mapping[str, str] | None, hear: Hear | None = None
) -> bool:
    """Run a command with its output passed on to standard error; whether it succeeded."""
    with Working(" ".join(command[:2])) as working:
        process = _start(command, environ)
        for line in _lines(process, hear):
            sys.stderr.write(line)
            sys.stderr.flush()
            working.hear(line)
        return process.wait() == 0


def _start(command: Sequence[str], environ: Mapping[str, str] | None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def _lines(process: subprocess.Popen[str], hear: Hear | None) -> Iterator[str]:
    """Give what a command prints; if this ends early, so does the command."""
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if hear:
                hear(line)
            yield line
    except BaseException:
        process.terminate()
        process.wait()
        raise
    finally:
        process.stdout.close()


def _new_log(name: str) -> Path:
    """Make the file of a command's output, and remove the oldest of them."""
    LOGS.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in sorted(LOGS.glob("*.log"))[: -MOST_LOGS + 1]:
        old.unlink(missing_ok=True)
    stamp = time.strftime("%Y%m%dT%H%M%S") + f"-{time.time_ns() % 1_000_000_000:09d}"
    return LOGS / f"{stamp}-{escaped(Path(name).name)}.log"


def run_command(
    command: Sequence[str], environ: Mapping[str, str] | None, hear: Hear | None = None
) -> bool:
    """Run a command as this terminal takes it: folded where a line moves."""
    return (run_folded if moves() else run_shown)(command, environ, hear)
