"""Which memory to give a model, as text: what its image takes with each size."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.memory.cost import (
    DOLLARS_PER_MILLION_CALLS,
    DOLLARS_PER_MILLION_REQUESTS,
    PRICE_DATE,
    Knee,
    Point,
    knee,
)
from pipeline.memory.sweep import MEMORIES_MB, Sweep
from pipeline.model.settings import MB_PER_VCPU

HEAD = ("memory, MB", "warm request, ms", "best to worst round", "$ a million requests")


def as_text(found: Sweep, cpus: int, machine: str, cold_starts: str = "") -> str:
    """Write the table of a sweep with its knee marked, and what to write into `model.env`.

    Args:
        found: with at least one point.
        cpus: that this machine has.
        machine: what it is, in words.
        cold_starts: what to do about them, if anything is known.
    """
    best = knee(found.points)
    rows = {point.memory_mb: _row(point, point is best.point) for point in found.points}
    rows.update({mb: f"{mb:>{len(HEAD[0])},}   {why}" for mb, why in found.failures.items()})
    table = ["   ".join(HEAD), *(rows[memory_mb] for memory_mb in sorted(rows))]
    notes = [*_notes(found, cpus, machine), *filter(None, [cold_starts])]
    return "\n".join([*table, "", *notes, _advice(best)])


def _row(point: Point, is_knee: bool) -> str:
    cells = (
        f"{point.memory_mb:,}",
        f"{point.warm_ms:,.2f}",
        f"{point.least_ms:,.2f} to {point.most_ms:,.2f}",
        f"{point.dollars_per_million:,.2f}",
    )
    aligned = (f"{cell:>{len(HEAD[column])}}" for column, cell in enumerate(cells))
    return "   ".join(aligned) + ("   <- the knee" if is_knee else "")


def _notes(found: Sweep, cpus: int, machine: str) -> Iterator[str]:
    yield (
        f"A cold start takes {found.cold_ms:,.0f} ms with one CPU. Lambda initialises with a whole"
        " CPU or more, whatever the memory, and bills it."
    )
    yield (
        f"Prices of {PRICE_DATE}, us-east-1: of them {DOLLARS_PER_MILLION_REQUESTS:.2f} are"
        f" Lambda's for the calls, and {DOLLARS_PER_MILLION_CALLS[found.door]:.2f} those of"
        f" DOOR={found.door}. Logs come on top."
    )
    yield f"CPUs come with memory, {MB_PER_VCPU:,} MB to a CPU. Measured on {machine}."
    capped = [f"{mb:,}" for mb in MEMORIES_MB if mb > cpus * MB_PER_VCPU]
    if capped:
        yield (
            f"This machine has {cpus} CPU{'s' * (cpus > 1)}, fewer than come with"
            f" {', '.join(capped)} MB: on Lambda these may be faster than here."
        )


def _advice(best: Knee) -> str:
    others = ", ".join(f"{mb:,}" for mb in best.as_good_mb)
    certainty = (
        f"The rounds do not tell it from {others} MB: measure again with nothing else running"
        if others
        else "No other size comes near it in any round"
    )
    return (
        f"For model.env: MEMORY_SIZE={best.point.memory_mb}, the least memory whose price times"
        f" time is within a fifth of the lowest. {certainty}."
    )
