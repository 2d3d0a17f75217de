"""Order statistics of measured times."""

from __future__ import annotations

from collections.abc import Sequence


def quantile(values: Sequence[float], share: float) -> float:
    """Find the value below which a share of the values lies, interpolated between two of them.

    Args:
        values: at least one, in any order.
        share: 0 (the least) to 1 (the greatest); 0.5 is the median.

    Raises:
        ValueError: no values, or a share outside 0 to 1.
    """
    if not values or not 0 <= share <= 1:
        raise ValueError(f"needs values and a share of 0 to 1, got {len(values)} and {share}")
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def median(values: Sequence[float]) -> float:
    """Find the middle value."""
    return quantile(values, 0.5)
