"""Plots of letters, for a terminal: of blocks where it knows Unicode, else of ASCII."""

from __future__ import annotations

import shutil
import sys

EIGHTHS = " ▏▎▍▌▋▊▉█"


def has_blocks() -> bool:
    """Tell whether standard output and error take Unicode."""
    streams = (sys.stdout, sys.stderr)
    return all((stream.encoding or "").lower().replace("-", "") == "utf8" for stream in streams)


def bar(value: float, most: float, width: int, blocks: bool) -> str:
    """Draw a bar.

    Args:
        value: at least 0.
        most: the value of the longest bar.
        width: of the longest bar, in characters.
        blocks: whether it may be of Unicode's blocks, which show an eighth of a character.

    Returns:
        at most `width` characters, without spaces behind them.
    """
    length = width * value / most if most > 0 else 0.0
    if not blocks:
        return "#" * round(length)
    whole, eighths = divmod(round(8 * length), 8)
    return (EIGHTHS[-1] * whole + EIGHTHS[eighths]).rstrip()


def columns() -> int:
    """Count the columns of the terminal, 80 where there is none."""
    return shutil.get_terminal_size((80, 24)).columns
