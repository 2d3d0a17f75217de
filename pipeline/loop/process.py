"""The process that runs an app: started with the model's Python, asked events, ended."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import Ended, TooSlow

CHILD = Path(__file__).with_name("child.py")
MAX_INIT_SECONDS = 10  # of Lambda's init phase; it goes on as long as a request may take
POLL_SECONDS = 0.2
READ_BYTES = 1 << 16


class Reply(NamedTuple):
    """What a function returned, as JSON, or the traceback of what it raised."""

    content: str = ""
    traceback: str = ""
    took_ms: float = 0


class Process:
    """A process with an app in it; it ends with this one, however that ends."""

    def __init__(
        self,
        command: tuple[Path, str],
        folder: Path,
        environ: Mapping[str, str],
        tell: Callable[[str], None],
    ) -> None:
        """Start it, and wait for nothing.

        Args:
            command: Python, and the name of the handler.
            folder: that has the app.
            environ: all its variables.
            tell: gets each line that it prints.
        """
        python, handler = command
        self._replies, other_end = os.pipe()
        self._unread = b""
        self._process = subprocess.Popen(
            [str(python), str(CHILD), str(other_end), handler],
            cwd=folder,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            pass_fds=(other_end,),
            start_new_session=True,  # else a terminal's interrupt would reach it first
        )
        os.close(other_end)
        threading.Thread(target=self._pass_on, args=(tell,), daemon=True).start()

    def loaded(self, timeout_seconds: float) -> Reply:
        """Wait until the app is imported; a traceback where that failed.

        Raises:
            Ended: the process ended.
            TooSlow: it took longer, and was ended.
        """
        return self._reply(MAX_INIT_SECONDS + timeout_seconds)

    def ask(self, event: Any, timeout_seconds: float) -> Reply:
        """Have an event answered.

        Raises:
            Ended: the process ended.
            TooSlow: it took longer, and was ended.
        """
        deadline_ms = int((time.time() + timeout_seconds) * 1000)
        asked = {"event": event, "id": str(uuid.uuid4()), "deadline_ms": deadline_ms}
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise self._ended() from error
        return self._reply(timeout_seconds)

    @property
    def is_running(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def end(self) -> None:
        """End it, and all that it has started."""
        if self._replies < 0:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        with contextlib.suppress(OSError):
            os.close(self._replies)
        self._replies = -1

    def _reply(self, timeout_seconds: float) -> Reply:
        deadline = time.monotonic() + timeout_seconds
        while b"\n" not in self._unread:
            if time.monotonic() > deadline:
                self.end()
                raise TooSlow(f"no answer within {timeout_seconds:g} seconds")
            ready, _, _ = select.select([self._replies], [], [], POLL_SECONDS)
            block = os.read(self._replies, READ_BYTES) if ready else b""
            if not block and (ready or not self.is_running):
                raise self._ended()
            self._unread += block
        line, _, self._unread = self._unread.partition(b"\n")
        return Reply(**json.loads(line))

    def _ended(self) -> Ended:
        """End what is left, and say how it ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        status = self._process.poll()
        self.end()
        if status is not None and status < 0:
            return Ended(f"the process was ended by {signal.Signals(-status).name}")
        return Ended(f"the process ended by itself, with status {status}")

    def _pass_on(self, tell: Callable[[str], None]) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                tell(line.decode(errors="replace").rstrip("\n"))
