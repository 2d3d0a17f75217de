"""`python3 -m pipeline try` as a process, with no Docker to be found, and what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests.commands import REPOSITORY

DEADLINE_SECONDS = 120  # the first time, packages are installed


class Trying:
    """The loop on a port of its own."""

    def __init__(self, model: Path, *options: str, bin_folder: Path, **environ: str) -> None:
        """Start it, with a PATH that has nothing on it.

        Args:
            model: the model directory, or a model's file.
            options: of the step.
            bin_folder: an empty folder.
            environ: exported variables.
        """
        kept = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        self.said = ""
        self.process = subprocess.Popen(
            [sys.executable, str(REPOSITORY / "pipeline"), "try", *options, str(model)],
            env={"PATH": str(bin_folder), "HOME": os.environ["HOME"], **kept, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.said += line

    def wait_for(self, pattern: str, after: int = 0) -> re.Match[str]:
        """Wait until it says something, behind what it has said until then."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not (found := re.compile(pattern).search(self.said, after)):
            assert time.monotonic() < deadline and self.process.poll() is None, self.said
            time.sleep(0.02)
        return found

    @property
    def url(self) -> str:
        """Where the model answers, once it has said so."""
        return self.wait_for(r"(http://127\.0\.0\.1:\d+/\w+)(\n|/openapi\.json)")[1]

    def post(self, request: Any, **headers: str) -> tuple[int, Any]:
        """Send a request; the status and the answer."""
        return self.send(
            json.dumps(request).encode(), {"Content-Type": "application/json", **headers}
        )

    def send(self, body: bytes, headers: dict[str, str], below: str = "") -> tuple[int, Any]:
        """Send bytes; the status and the answer."""
        message = urllib.request.Request(self.url + below, body, headers, method="POST")
        try:
            with urllib.request.urlopen(message, timeout=DEADLINE_SECONDS) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def end(self, number: int) -> int:
        """Send it a signal; its status."""
        self.process.send_signal(number)
        return self.process.wait(20)
