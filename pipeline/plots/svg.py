"""The parts of a plot as SVG: a frame with an axis on each side, points, and what is said of them.

Colours follow the reader's light or dark theme. Coordinates are in pixels from the top left.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

STYLE = """
:root{--ink:#18212b;--soft:#54606d;--line:#ccd4dc;--mark:#0b62b8;--paper:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#e3e8ee;--soft:#a3afbc;--line:#384450;--mark:#7cbcff;--paper:#12171d}}
text{font:13px system-ui,sans-serif;fill:var(--ink)}
.soft{fill:var(--soft)}.right{text-anchor:end}.middle{text-anchor:middle}
.grid{stroke:var(--line)}.mark{stroke:var(--mark);fill:none;stroke-width:2}.dot{fill:var(--mark)}
.knee{stroke:var(--soft);stroke-dasharray:4 4}.paper{fill:var(--paper)}
"""
TICKS = 5


class Panel(NamedTuple):
    """A rectangle with a horizontal and a vertical axis.

    Attributes:
        left: of the rectangle, in pixels.
        top: of the same.
        width: of the same.
        height: of the same.
        across: the least and the greatest value from left to right.
        up: those from bottom to top.
    """

    left: float
    top: float
    width: float
    height: float
    across: tuple[float, float]
    up: tuple[float, float]

    def x(self, value: float) -> float:
        """Place a value across."""
        least, most = self.across
        return round(self.left + self.width * (value - least) / (most - least), 2)

    def y(self, value: float) -> float:
        """Place a value up."""
        least, most = self.up
        return round(self.top + self.height * (1 - (value - least) / (most - least)), 2)


def ticks(most: float) -> list[float]:
    """Choose round values from 0 to at least a value, about TICKS of them."""
    step = 10 ** math.floor(math.log10(most / TICKS)) if most > 0 else 1.0
    for factor in (1, 2, 2.5, 5, 10):
        if most / (step * factor) <= TICKS:
            step *= factor
            break
    return [round(step * number, 10) for number in range(math.ceil(most / step) + 1)]


def text(x: float, y: float, said: str, classes: str = "") -> str:
    """Write a line of text, with its base line at y."""
    named = f' class="{classes}"' if classes else ""
    return f'<text x="{x:g}" y="{y:g}"{named}>{escape(said)}</text>'


def line(x1: float, y1: float, x2: float, y2: float, classes: str) -> str:
    """Draw a line."""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" class="{classes}"/>'


def path(points: Sequence[tuple[float, float]], classes: str) -> str:
    """Draw a line through points."""
    return f'<polyline points="{" ".join(f"{x:g},{y:g}" for x, y in points)}" class="{classes}"/>'


def dot(x: float, y: float, title: str) -> str:
    """Draw a point that says what it is under the pointer."""
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="4" class="dot"><title>{escape(title)}</title></circle>'
    )


def axis_up(panel: Panel, values: Iterable[float], label: str) -> list[str]:
    """Draw the lines and numbers of the vertical axis, and its label above it."""
    right = panel.left + panel.width
    drawn = [text(panel.left, panel.top - 10, label)]
    for value in values:
        y = panel.y(value)
        drawn.append(line(panel.left, y, right, y, "grid"))
        drawn.append(text(panel.left - 8, y + 4, f"{value:,g}", "soft right"))
    return drawn


def document(width: int, height: int, title: str, described: str, parts: Iterable[str]) -> str:
    """Write the whole of a picture.

    Args:
        width: in pixels.
        height: in pixels.
        title: what it shows.
        described: what it tells, for whoever does not see it.
        parts: of it, from the back to the front.
    """
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
            f' width="{width}" height="{height}" role="img" aria-labelledby="title description">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="description">{escape(described)}</desc>',
            f"<style>{STYLE}</style>",
            '<rect width="100%" height="100%" class="paper"/>',
            *parts,
            "</svg>\n",
        ]
    )
