"""How many requests a function computes at once at most, by its stage."""

from __future__ import annotations

NO_BOUND = "none"
DEFAULT_CONCURRENCY = {"prod": "20"}  # as the template's table of defaults has it
ALARM_SHARE = 0.8


def reserved(stage: str, setting: str) -> str:
    """Give RESERVED_CONCURRENCY, or the stage's default where it is empty."""
    return setting or DEFAULT_CONCURRENCY.get(stage, NO_BOUND)


def alarm_at(stage: str, setting: str) -> str:
    """Give the number of requests at once that rings an alarm: four in five; 0 where none does."""
    most = reserved(stage, setting)
    return "0" if most == NO_BOUND else str(max(1, int(int(most) * ALARM_SHARE)))
