"""Whether a model is worth SnapStart or provisioned concurrency, as text."""

from __future__ import annotations

from pipeline.memory.cost import cold_start_prices

# A container's restore on AWS: 450 to 500 ms (Rails, 1.05 GB), 670 to 690 ms (Rust, 327 MB), at
# every memory size. Others' measurements of September 2026; AWS gives none.
RESTORE_MS = (450, 690)
WORTH_IT_MS = 600


def verdict(init_ms: float, memory_mb: int, architecture: str) -> str:
    """Say what to do about cold starts of so many milliseconds, with the prices.

    Args:
        init_ms: a cold start with one CPU, measured here.
        memory_mb: of the function.
        architecture: of the image.
    """
    prices = cold_start_prices(init_ms, memory_mb, architecture)
    low, high = RESTORE_MS
    pays = init_ms > WORTH_IT_MS
    advice = "try SNAPSTART=on" if pays else "SNAPSTART=off, as it is"
    return (
        f"Cold starts: a container's restore by SnapStart took {low} to {high} ms on AWS, so it"
        f" {'may be' if pays else 'is not'} faster than {init_ms:,.0f} ms: {advice}. A thousand"
        f" cold starts with {memory_mb:,} MB cost ${prices.initialised * 1000:.3f}, restored"
        f" ${prices.restored * 1000:.3f} and ${prices.cached_a_month:.2f} a month for each"
        " published version. One environment that is always ready (PROVISIONED_CONCURRENCY=1)"
        f" costs ${prices.ready_a_month:.2f} a month before it computes."
    )
