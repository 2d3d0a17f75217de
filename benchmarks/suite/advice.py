"""Which memory to give a model: what its image takes with each size, and the one to write down.

    python3 -m benchmarks.suite.advice IMAGE DIRECTORY

`bash pipeline.sh -b -p DIRECTORY` builds the image and runs this, with no virtual environment: the
standard library of Python 3.9 is enough. Progress goes to standard error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from containers import remove_leftovers
from rie import RieError
from settings import SettingsError
from stopping import exit_at_signals

from benchmarks.suite.cost import PRICE_DATE, Point, knee
from benchmarks.suite.engine import BenchError
from benchmarks.suite.sandbox import MB_PER_VCPU
from benchmarks.suite.sweep import MEMORIES_MB, Sweep, sweep
from benchmarks.suite.variants import Variant

ROUNDS = 3
HEAD = ("memory, MB", "cold start, ms", "warm request, ms", "$ a million requests")


def as_text(found: Sweep, cpus: int) -> str:
    """The table of a sweep with its knee marked, and what to write into `model.env`.

    Args:
        found: with at least one point.
        cpus: that this machine has.
    """
    best = knee(found.points)
    rows = {point.memory_mb: _row(point, is_knee=point is best) for point in found.points}
    rows.update({mb: f"{mb:>{len(HEAD[0])},}   {why}" for mb, why in found.failures.items()})
    table = ["   ".join(HEAD), *(rows[memory_mb] for memory_mb in sorted(rows))]
    return "\n".join([*table, "", *_notes(cpus), _advice(best, found.points)])


def _row(point: Point, is_knee: bool) -> str:
    cells = (
        f"{point.memory_mb:,}",
        f"{point.cold_ms:,.0f}",
        f"{point.warm_ms:,.2f}",
        f"{point.dollars_per_million:,.2f}",
    )
    aligned = (f"{cell:>{len(HEAD[column])}}" for column, cell in enumerate(cells))
    return "   ".join(aligned) + ("   <- the knee" if is_knee else "")


def _notes(cpus: int) -> Iterator[str]:
    yield f"CPUs come with memory, {MB_PER_VCPU:,} MB to a CPU. Prices of {PRICE_DATE}, us-east-1."
    capped = [f"{mb:,}" for mb in MEMORIES_MB if mb > cpus * MB_PER_VCPU]
    if capped:
        yield (
            f"This machine has {cpus} CPU{'s' * (cpus > 1)}, fewer than come with"
            f" {', '.join(capped)} MB: on Lambda these may be faster than here."
        )


def _advice(best: Point, points: Sequence[Point]) -> str:
    fastest = min(points, key=lambda point: point.warm_ms)
    return (
        f"For model.env: MEMORY_SIZE={best.memory_mb}, the least memory with which a warm request"
        " takes at most a tenth longer than at its fastest, in whole milliseconds as billed:"
        f" {best.warm_ms:.2f} ms, beside {fastest.warm_ms:.2f} ms with {fastest.memory_mb:,} MB"
    )


def main(arguments: Sequence[str]) -> int:
    """Prints the table; 1 and the reason where there is none."""
    if len(arguments) != 2:
        print("usage: python3 -m benchmarks.suite.advice IMAGE DIRECTORY", file=sys.stderr)
        return 2
    exit_at_signals()
    image, directory = arguments
    try:
        (found,) = sweep([Variant(Path(directory), other_image=image)], ROUNDS).values()
    except (BenchError, RieError, SettingsError, OSError) as error:
        sys.exit(f"bench: {error}")
    finally:
        remove_leftovers()
    print(as_text(found, os.cpu_count() or 1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
