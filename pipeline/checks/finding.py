"""What a check-up found, and the command that mends it."""

from __future__ import annotations

from typing import NamedTuple

GOOD, NOTE, BAD = "ok", "note", "bad"


class Finding(NamedTuple):
    """One thing that was looked at.

    Attributes:
        level: `ok`, `note` for what should be known, `bad` for what will fail or does.
        text: what it is, in a sentence.
        mend: the command, or the setting, that mends it.
    """

    level: str
    text: str
    mend: str = ""


def good(text: str) -> Finding:
    """Say that something is as it must be."""
    return Finding(GOOD, text)


def note(text: str, mend: str = "") -> Finding:
    """Say what should be known."""
    return Finding(NOTE, text, mend)


def bad(text: str, mend: str) -> Finding:
    """Say what fails, or will."""
    return Finding(BAD, text, mend)
