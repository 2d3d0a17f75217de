"""Starting, finding and stopping the daemons of a local AWS.

A daemon is recognised by its command line, which ends with a path in its state folder. There is no
file with a process id that could outlive the process, or go away with the folder.
"""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.errors import LocalAwsError, PortTaken


@dataclass(frozen=True)
class Daemon:
    """A program that runs in the background; ``arguments`` are those that no other one has."""

    name: str
    program: Sequence[str]
    arguments: Sequence[str]
    log: Path

    def pids(self) -> list[int]:
        """The running processes of this daemon."""
        ending = " " + " ".join(self.arguments)
        return [pid for pid, command in _commands().items() if command.endswith(ending)]

    def start(
        self, environ: Mapping[str, str], answers: Callable[[], bool], patience_seconds: float = 60
    ) -> None:
        """Start it detached, with a log of its own, and wait until it answers.

        Raises:
            LocalAwsError: it went away, or time ran out; with the end of its log.
        """
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*self.program, *self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=dict(environ),
                start_new_session=True,
            )
        poll(lambda: answers() or process.poll() is not None, patience_seconds)
        if process.poll() is not None or not answers():
            end = "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])
            raise LocalAwsError(f"the {self.name} did not start; the end of {self.log}:\n{end}")

    def stop(self, by_force: bool = False, patience_seconds: float = 20) -> bool:
        """Stop it, by force when it does not go by itself; false if it did not run."""
        pids = self.pids()
        _signal(pids, signal.SIGKILL if by_force else signal.SIGTERM)
        if not poll(lambda: not self.pids(), patience_seconds):
            _signal(self.pids(), signal.SIGKILL)
            poll(lambda: not self.pids(), patience_seconds)
        return bool(pids)


def poll(condition: Callable[[], bool], patience_seconds: float) -> bool:
    """Wait for a condition; whether it came true in time."""
    deadline = time.monotonic() + patience_seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def require_free(port: int, variable: str) -> None:
    """Check that nothing listens on a port of 127.0.0.1.

    Raises:
        PortTaken: something does; the message names the port and the variable that sets it.
    """
    # A process that ended may hold its port a moment longer than its command line can be read.
    if not poll(lambda: _is_free(port), patience_seconds=1):
        raise PortTaken(port, variable)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _commands() -> dict[int, str]:
    """The command line of every process of this user: another user's could have any."""
    if not Path("/proc/self/cmdline").exists():
        listing = subprocess.run(
            ["ps", "-xww", "-U", str(os.geteuid()), "-o", "pid=,args="],
            capture_output=True,
            text=True,
            check=True,
        )
        lines = (line.split(None, 1) for line in listing.stdout.splitlines())
        return {int(pid): command for pid, command in lines}
    commands = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):  # the process ended meanwhile
            command = Path("/proc", entry, "cmdline")
            if command.stat().st_uid == os.geteuid():
                text = command.read_bytes().decode(errors="replace")
                commands[int(entry)] = text.rstrip("\0").replace("\0", " ")
    return commands


def _signal(pids: Sequence[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
