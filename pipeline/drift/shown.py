"""How a model's columns have changed, as lines for a terminal and as a picture."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.drift.index import MUCH, SOME, Change
from pipeline.plots import svg
from pipeline.plots.text import bar

BAR = 20
LONGEST_NAME = 36
ROW, LEFT, WIDTH, TOP = 26, 260, 420, 60  # of the picture, in pixels


def as_text(found: Sequence[Change], width: int, blocks: bool) -> list[str]:
    """Draw a line for each column.

    Args:
        found: the most changed first.
        width: of the terminal.
        blocks: whether it takes Unicode.
    """
    names = max((min(LONGEST_NAME, len(one.column)) for one in found), default=0)
    most = max((one.psi for one in found), default=0.0)
    lines = [f"{'column':<{names}}    PSI  {'':<{BAR}}  changed"]
    for one in found:
        drawn = f"{bar(one.psi, most, BAR, blocks):<{BAR}}"
        name = one.column[:LONGEST_NAME]
        lines.append(f"{name:<{names}}  {one.psi:5.2f}  {drawn}  {one.reading:<8} {one.said}")
    return [line[:width].rstrip() for line in lines]


def as_svg(found: Sequence[Change], title: str) -> str:
    """Draw a bar for each column, with lines where some and where much has changed."""
    most = max([MUCH * 1.2, *(one.psi for one in found)])
    height = TOP + ROW * len(found) + 40
    parts = []
    for limit, word in ((SOME, "some"), (MUCH, "much")):
        x = LEFT + WIDTH * limit / most
        parts.append(svg.line(x, TOP - 10, x, TOP + ROW * len(found), "knee"))
        parts.append(svg.text(x + 4, TOP - 14, word, "soft"))
    for number, one in enumerate(found):
        y = TOP + ROW * number
        length = max(1.0, WIDTH * one.psi / most)
        parts.append(svg.text(LEFT - 8, y + 14, one.column[:LONGEST_NAME], "right"))
        parts.append(svg.line(LEFT, y + 10, LEFT + length, y + 10, "mark"))
        parts.append(svg.text(LEFT + length + 8, y + 14, f"{one.psi:.2f} {one.said}", "soft"))
    said = "; ".join(f"{one.column}: {one.psi:.2f}, {one.reading}" for one in found)
    return svg.document(LEFT + WIDTH + 260, height, title, said, parts)
