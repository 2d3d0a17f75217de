"""A container of a variant's image, as Lambda runs it, and requests to it.

The emulator listens from the start, and starts the function with the first request, which therefore
takes the whole cold start. It answers one request at a time. Requests go to the container's own
address and not through a published port, where Docker's proxy would be measured as well.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import image_check
import rie
from example import Example, read_example
from stopping import signals_wait

from benchmarks.suite.engine import BenchError, docker, log
from benchmarks.suite.variants import Variant

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
MB_PER_VCPU = 1769
# The CPU share is granted in slices. Docker's own have 100 ms: a short request would never wait.
SLICE_US = 20_000
PORT = 8080
PATH = "/2015-03-31/functions/function/invocations"
PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.002
# The emulator's words on a function that the kernel ended, which it does where memory is out.
KILLED = "Runtime exited with error: signal: killed"


class FunctionError(BenchError):
    """The function does not answer; the message says why."""


class OutOfMemory(FunctionError):
    """The function needs more memory than it has."""


def vcpus(memory_mb: int) -> float:
    """The CPUs that come with a function's memory, here no more than the machine has."""
    return min(round(memory_mb / MB_PER_VCPU, 3), os.cpu_count() or 1)


@cache
def emulator(architecture: str) -> Path:
    """The Runtime Interface Emulator's binary."""
    return rie.rie(architecture, os.environ)


class Sandbox:
    """A running container, with one connection to it that is kept open."""

    def __init__(self, name: str, variant: Variant) -> None:
        """Waits until the emulator listens.

        Args:
            name: the container's name.
            variant: whose image it runs.
        """
        self.name = name
        self.example: Example = read_example(variant.directory / "example.json")
        event = image_check.event(self.example, variant.settings()["API_PATH"])
        self._event = json.dumps(event).encode()
        shown = docker("inspect", "-f", "{{.NetworkSettings.IPAddress}} {{.State.Pid}}", name)
        address, pid = shown.split()
        self.pid = int(pid)
        self._connection = HTTPConnection(address, PORT, timeout=PATIENCE_SECONDS)
        self._connect()

    def _connect(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self._connection.connect()
            except OSError as error:
                if not isinstance(error, ConnectionRefusedError) or time.monotonic() > deadline:
                    raise BenchError(self._unreachable(error)) from error
                time.sleep(POLL_SECONDS)

    def _unreachable(self, error: OSError) -> str:
        return (
            f"the container cannot be reached at {self._connection.host}:{PORT}: {error}. Measuring"
            " needs an engine on this machine's own Linux, run by root; the container's log:"
            f" {log(self.name)}"
        )

    def request_ms(self) -> float:
        """Sends the example, and gives the milliseconds until its answer was read.

        Raises:
            ExampleError: it was answered with something else.
            FunctionError: the function failed.
        """
        started = time.perf_counter()
        try:
            self._connection.request("POST", PATH, self._event)
            content = self._connection.getresponse().read()
        except (OSError, HTTPException) as error:
            raise self._failure(repr(error)) from error
        took_ms = (time.perf_counter() - started) * 1000
        self.example.check(*self._status_and_body(content))
        return took_ms

    def _status_and_body(self, content: bytes) -> tuple[int, str]:
        try:
            answer: Any = json.loads(content)
            return int(answer["statusCode"]), str(answer["body"])
        except (ValueError, KeyError, TypeError) as error:
            raise self._failure(content.decode(errors="replace")) from error

    def _failure(self, said: str) -> FunctionError:
        shown = log(self.name)
        if KILLED in shown:
            return OutOfMemory("the function ran out of memory")
        return FunctionError(f"the function failed: {said[:2000]}; its log: {shown[-2000:]}")

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()


def options(variant: Variant, memory_mb: int) -> list[str]:
    """The options of `docker run` for a function of some memory."""
    values = {**variant.settings(), "NETWORK": "yes", "MEMORY_SIZE": str(memory_mb)}
    binary = emulator(values["ARCHITECTURE"])
    quota_us = round(vcpus(memory_mb) * SLICE_US)
    share = ["--cpu-period", str(SLICE_US), "--cpu-quota", str(quota_us)]
    return [*share, *image_check.as_lambda(binary, values)]


@contextmanager
def sandbox(variant: Variant, memory_mb: int) -> Iterator[Sandbox]:
    """A new container that no request has reached yet; it is removed in the end.

    Args:
        variant: what to run.
        memory_mb: the function's memory, with which its CPUs come.
    """
    name = f"lambda-bench-{uuid.uuid4().hex[:12]}"
    try:
        with signals_wait():
            docker("run", "-d", "--name", name, *options(variant, memory_mb), variant.image)
        running = Sandbox(name, variant)
        yield running
        running.close()
    finally:
        with signals_wait():
            docker("rm", "--force", "--volumes", name)
