"""The last hours of a stage, from its log: requests, errors, times and cold starts, by release."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pipeline.memory.quantiles import quantile
from pipeline.plots import svg

HOURS = 3
PIECES = 36  # of five minutes
PIECE_MS = HOURS * 3_600_000 // PIECES
SPARKS = "▁▂▃▄▅▆▇█"
WIDTH, HEIGHT = 720, 120  # of a panel, in pixels
TOP, APART = 40, HEIGHT + 50
SERVER_ERROR = 500


class Piece(NamedTuple):
    """Some minutes of a log.

    Attributes:
        requests: how many were answered.
        errors: how many of them with 5xx.
        p50_ms: within which half of them were; 0 without requests.
        p99_ms: within which 99 of 100 were.
        cold_starts: how many had to wait for a start.
    """

    requests: int = 0
    errors: int = 0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    cold_starts: int = 0


class Sums(NamedTuple):
    """Hours of a log.

    Attributes:
        end_ms: of the last piece, in milliseconds since 1970.
        pieces: oldest first.
        releases: the piece in which each release was first seen, by its name.
    """

    end_ms: int
    pieces: Sequence[Piece]
    releases: Mapping[str, int]


def sums(lines: Sequence[Mapping[str, Any]], end_ms: int) -> Sums:
    """Count the lines of a log by minutes; those of other hours are left out."""
    by_piece: list[list[Mapping[str, Any]]] = [[] for _ in range(PIECES)]
    releases: dict[str, int] = {}
    for line in sorted(lines, key=lambda one: str(one["timestamp"])):
        number = PIECES - 1 - (end_ms - _ms(line)) // PIECE_MS
        if 0 <= number < PIECES:
            by_piece[number].append(line)
            releases.setdefault(str(line["release"]), number)
    return Sums(end_ms, [_piece(some) for some in by_piece], releases)


def _ms(line: Mapping[str, Any]) -> int:
    at = datetime.datetime.strptime(line["timestamp"] + "+0000", "%Y-%m-%dT%H:%M:%SZ%z")
    return round(at.timestamp() * 1000)


def _piece(lines: Sequence[Mapping[str, Any]]) -> Piece:
    if not lines:
        return Piece()
    times = sorted(float(line["total_ms"]) for line in lines)
    return Piece(
        len(lines),
        sum(int(line["status"]) >= SERVER_ERROR for line in lines),
        quantile(times, 0.5),
        quantile(times, 0.99),
        sum(bool(line["cold_start"]) for line in lines),
    )


def as_text(found: Sums, width: int, blocks: bool) -> list[str]:
    """Draw a line for each sum, with the most of it, and one for the releases.

    Args:
        found: the sums.
        width: of the terminal.
        blocks: whether it takes Unicode.
    """
    rows = [
        (name, [float(getattr(piece, field)) for piece in found.pieces], unit)
        for name, field, unit in ROWS
    ]
    drawn = [
        f"{name:<12} {_sparks(values, blocks)} {_most(values, unit)}" for name, values, unit in rows
    ]
    marks = [" "] * PIECES
    for number in found.releases.values():
        marks[number] = "^"
    names = [f"  ^ {name}" for name in found.releases]
    begin = _clock(found.end_ms - HOURS * 3_600_000)
    ends = f"{'':<12} {begin}{_clock(found.end_ms):>{PIECES - len(begin)}} UTC"
    lines = [*drawn, f"{'releases':<12} {''.join(marks)}".rstrip(), ends, *names]
    return [line[:width] for line in lines]


ROWS = (
    ("requests", "requests", ""),
    ("errors", "errors", ""),
    ("p50", "p50_ms", " ms"),
    ("p99", "p99_ms", " ms"),
    ("cold starts", "cold_starts", ""),
)


def _sparks(values: Sequence[float], blocks: bool) -> str:
    most = max(values)
    if not most:
        return "." * len(values)
    marks = SPARKS if blocks else "12345678"
    return "".join(marks[min(7, int(8 * one / most))] if one else "." for one in values)


def _most(values: Sequence[float], unit: str) -> str:
    return (
        f"at most {max(values):,.0f}{unit} in five minutes"
        if not unit
        else f"at most {max(values):,.1f}{unit}"
    )


def _clock(ms: int) -> str:
    return f"{datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc):%H:%M}"


def as_svg(found: Sums, title: str) -> str:
    """Draw the sums below each other, with a line where a release was first seen."""
    parts: list[str] = []
    for number, (name, field, unit) in enumerate(ROWS):
        values = [float(getattr(piece, field)) for piece in found.pieces]
        parts += _panel(found, 40 + number * (HEIGHT + 50), f"{name}{unit and f',{unit}'}", values)
    said = ", ".join(
        f"{name}: at most {max(getattr(p, field) for p in found.pieces):g}{unit}"
        for name, field, unit in ROWS
    )
    height = 40 + len(ROWS) * (HEIGHT + 50)
    return svg.document(WIDTH + 100, height, title, said, parts)


def _panel(found: Sums, top: float, label: str, values: Sequence[float]) -> list[str]:
    marks = svg.ticks(max(values) or 1)
    panel = svg.Panel(70, top, WIDTH, HEIGHT, (0, PIECES - 1), (0, marks[-1]))
    drawn = svg.axis_up(panel, marks, label)
    for name, number in found.releases.items():
        x = panel.x(number)
        drawn.append(svg.line(x, top, x, top + HEIGHT, "knee"))
        drawn.append(svg.text(x + 4, top + 12, name.partition("-")[0], "soft"))
    points = [(panel.x(number), panel.y(value)) for number, value in enumerate(values)]
    return [*drawn, svg.path(points, "mark")]
