"""Which memory to give a model, as text: what its image takes with each size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.memory.cost import PRICE_DATE, Point, knee
from pipeline.memory.sweep import MEMORIES_MB, Sweep
from pipeline.model.settings import MB_PER_VCPU

HEAD = ("memory, MB", "cold start, ms", "warm request, ms", "$ a million requests")


def as_text(found: Sweep, cpus: int) -> str:
    """Write the table of a sweep with its knee marked, and what to write into `model.env`.

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
