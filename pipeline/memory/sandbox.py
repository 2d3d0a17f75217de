"""A container that gets the CPU share that comes with its memory, and requests to it.

The emulator listens from the start, and starts the function with the first request, which therefore
takes the whole cold start. It answers one request at a time. Requests go to the container's own
address and not through a published port, where Docker's proxy would be measured as well.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from pipeline.errors import DockerError, FunctionError, PipelineError
from pipeline.image.containers import docker_output, log, quiet_docker
from pipeline.image.emulator import emulator
from pipeline.image.failures import explained
from pipeline.image.function import PATH, PORT, Function, as_lambda, container, status_and_body
from pipeline.model.settings import MB_PER_VCPU

# The CPU share is granted in slices. Docker's own have 100 ms: a short request would never wait.
SLICE_US = 20_000
PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.002


def vcpus(memory_mb: int) -> float:
    """Give the CPUs that come with a function's memory, here no more than the machine has."""
    return min(round(memory_mb / MB_PER_VCPU, 3), os.cpu_count() or 1)


@cache
def _emulator(architecture: str) -> Path:
    return emulator(architecture)


class Sandbox:
    """A running container, with one connection to it that is kept open."""

    def __init__(self, name: str, function: Function, memory_mb: int) -> None:
        """Wait until the emulator listens.

        Args:
            name: the container's name.
            function: what it runs.
            memory_mb: the function's memory.
        """
        self.name = name
        self._memory_mb = memory_mb
        self._golden = function.golden
        self._event = json.dumps(function.golden_event()).encode()
        shown = docker_output(
            "inspect", "-f", "{{.NetworkSettings.IPAddress}} {{.State.Pid}}", name
        )
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
                    raise DockerError(self._unreachable(error)) from error
                time.sleep(POLL_SECONDS)

    def _unreachable(self, error: OSError) -> str:
        return (
            f"the container cannot be reached at {self._connection.host}:{PORT}: {error}. Measuring"
            " needs Docker on this machine's own Linux, run by root; the container's log:"
            f" {log(self.name)}"
        )

    def request_ms(self) -> float:
        """Send the golden request; the milliseconds until its answer was read.

        Raises:
            GoldenError: it was answered with something else.
            FunctionError: the function failed.
        """
        started = time.perf_counter()
        try:
            self._connection.request("POST", PATH, self._event)
            content = self._connection.getresponse().read()
        except (OSError, HTTPException) as error:
            raise self._failure(repr(error)) from error
        took_ms = (time.perf_counter() - started) * 1000
        try:
            status, body = status_and_body(content.decode(errors="replace"))
        except FunctionError as error:
            raise self._failure(str(error)) from error
        self._golden.check(status, body)
        return took_ms

    def _failure(self, said: str) -> PipelineError:
        shown = log(self.name)
        error = FunctionError(f"{said[:2000]}; its log: {shown[-2000:]}")
        return explained(error, shown, str(self._memory_mb))

    def throttle(self) -> None:
        """Take from the function what of the CPU does not come with its memory."""
        docker_output("update", *_share(vcpus(self._memory_mb)), self.name)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def with_memory(function: Function, memory_mb: int) -> Function:
    """Give a function other memory, and the network that a measurement reaches it by."""
    values = {"NETWORK": "yes", "MEMORY_SIZE": str(memory_mb)}
    return function._replace(settings={**function.settings, **values})


@contextmanager
def options(function: Function, memory_mb: int) -> Iterator[list[str]]:
    """List the options of `docker run` for a function of some memory, with a CPU or its share.

    Lambda initialises at full speed with little memory too: the median of hello world's
    initialisation is the same from 128 to 1,024 MB, of 750 samples a size.
    Source: https://github.com/maxday/lambda-perf, 2026-06 to 2026-08
    """
    sized = with_memory(function, memory_mb)
    with as_lambda(sized, _emulator(sized.settings["ARCHITECTURE"])) as others:
        yield [*_share(max(1.0, vcpus(memory_mb))), *others]


def _share(cpus: float) -> tuple[str, ...]:
    return ("--cpu-period", str(SLICE_US), "--cpu-quota", str(round(cpus * SLICE_US)))


@contextmanager
def sandbox(function: Function, memory_mb: int) -> Iterator[Sandbox]:
    """Start a new container that no request has reached yet; it is removed in the end.

    Args:
        function: what to run.
        memory_mb: its memory, with which its CPUs come.
    """
    with (
        options(function, memory_mb) as chosen,
        container(function.image, chosen, client=quiet_docker) as name,
    ):
        running = Sandbox(name, function, memory_mb)
        yield running
        running.close()
