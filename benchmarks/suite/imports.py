"""What a function imports when it starts, and which imports take longest."""

from __future__ import annotations

import re
import subprocess
from typing import NamedTuple

from pipeline.errors import PipelineError
from pipeline.image.function import Function
from pipeline.memory.sandbox import options
from pipeline.model.settings import MB_PER_VCPU

LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s*(\S+)")
SLOWEST = 10
START = "import awslambdaric.bootstrap, app"


class Import(NamedTuple):
    """A module, and the milliseconds of its own code, without what it imports in turn."""

    module: str
    ms: float


def imports(function: Function) -> list[Import]:
    """Everything that Python imports to start a function, in order.

    Raises:
        PipelineError: it does not start.
    """
    python = ("--entrypoint", "python", function.image, "-X", "importtime", "-c", START)
    with options(function, MB_PER_VCPU) as chosen:
        command = ("docker", "run", "--rm", *chosen, *python)
        ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        raise PipelineError(f"{function.name} does not import: {ran.stderr[-2000:]}")
    return read_import_times(ran.stderr)


def read_import_times(text: str) -> list[Import]:
    """The imports in what `python -X importtime` prints; other lines are passed over."""
    return [Import(module, int(us) / 1000) for us, module in LINE.findall(text)]


def slowest(found: list[Import]) -> list[Import]:
    """The imports that take longest, the slowest first."""
    return sorted(found, key=lambda one: -one.ms)[:SLOWEST]
