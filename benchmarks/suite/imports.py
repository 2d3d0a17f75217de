"""What a function imports when it starts, and which imports take longest."""

from __future__ import annotations

import re
import subprocess
from typing import NamedTuple

from benchmarks.suite.engine import BenchError
from benchmarks.suite.sandbox import MB_PER_VCPU, options
from benchmarks.suite.variants import Variant

LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|\s*(\S+)")
SLOWEST = 10
START = "import awslambdaric.bootstrap, app"


class Import(NamedTuple):
    """A module, and the milliseconds of its own code, without what it imports in turn."""

    module: str
    ms: float


def imports(variant: Variant) -> list[Import]:
    """Everything that Python imports to start a function, in order.

    Raises:
        BenchError: it does not start.
    """
    python = ("--entrypoint", "python", variant.image, "-X", "importtime", "-c", START)
    command = ("docker", "run", "--rm", *options(variant, MB_PER_VCPU), *python)
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        raise BenchError(f"{variant.name} does not import: {ran.stderr[-2000:]}")
    return read_import_times(ran.stderr)


def read_import_times(text: str) -> list[Import]:
    """The imports in what `python -X importtime` prints; other lines are passed over."""
    return [Import(module, int(us) / 1000) for us, module in LINE.findall(text)]


def slowest(found: list[Import]) -> list[Import]:
    """The imports that take longest, the slowest first."""
    return sorted(found, key=lambda one: -one.ms)[:SLOWEST]
