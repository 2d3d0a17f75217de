"""A sweep over memory sizes as a picture: what a request takes, and what a million of them cost."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.memory.cost import PRICE_DATE, Point, knee
from pipeline.plots.svg import Panel, axis_up, document, dot, line, path, text, ticks
from pipeline.plots.text import bar

WIDTH, HEIGHT = 640, 520
LEFT, PANEL_WIDTH, PANEL_HEIGHT = 70, 540, 170
TOPS = (60, 290)
BAR = 18  # characters of the longest bar


def bars(points: Sequence[Point], blocks: bool) -> list[str]:
    """Draw a line of text for each memory: a bar of its time, and one of its price."""
    ordered = sorted(points, key=lambda point: point.memory_mb)
    slowest = max(point.warm_ms for point in ordered)
    dearest = max(point.dollars_per_million for point in ordered)
    best = knee(points).point
    return [
        f"{point.memory_mb:>8,} MB  {bar(point.warm_ms, slowest, BAR, blocks):<{BAR}}"
        f" {point.warm_ms:>9,.2f} ms  {bar(point.dollars_per_million, dearest, BAR, blocks):<{BAR}}"
        f" ${point.dollars_per_million:.2f}{'  <-' if point is best else ''}"
        for point in ordered
    ]


def as_svg(points: Sequence[Point], name: str) -> str:
    """Draw a sweep as SVG: times with their best and worst rounds, prices, and the knee.

    Args:
        points: at least one.
        name: of the model.
    """
    ordered = sorted(points, key=lambda point: point.memory_mb)
    across = (0.0, float(ordered[-1].memory_mb))
    best = knee(points).point
    times, prices = (
        _panel(top, across, most)
        for top, most in (
            (TOPS[0], max(point.most_ms for point in ordered)),
            (TOPS[1], max(point.dollars_per_million for point in ordered)),
        )
    )
    parts = [text(LEFT, 24, f"{name}: what memory brings, and what it costs")]
    parts += axis_up(times, ticks(times.up[1]), "warm request, ms (mean; best to worst round)")
    parts += axis_up(prices, ticks(prices.up[1]), f"a million requests, $ ({PRICE_DATE})")
    parts += _knee(times, prices, best)
    for point in ordered:
        x = times.x(point.memory_mb)
        parts.append(line(x, times.y(point.least_ms), x, times.y(point.most_ms), "mark"))
        parts.append(
            text(x, prices.top + prices.height + 20, f"{point.memory_mb:,}", "soft middle")
        )
    parts += _course(times, [(p.memory_mb, p.warm_ms, f"{p.warm_ms:,.2f} ms") for p in ordered])
    parts += _course(
        prices,
        [(p.memory_mb, p.dollars_per_million, f"${p.dollars_per_million:.2f}") for p in ordered],
    )
    parts.append(text(LEFT + PANEL_WIDTH, HEIGHT - 14, "memory, MB", "right"))
    said = "; ".join(
        f"{p.memory_mb} MB: {p.warm_ms:.2f} ms, ${p.dollars_per_million:.2f}" for p in ordered
    )
    return document(
        WIDTH, HEIGHT, f"Memory sweep of {name}", f"{said}. Knee: {best.memory_mb} MB", parts
    )


def _panel(top: float, across: tuple[float, float], most: float) -> Panel:
    return Panel(LEFT, top, PANEL_WIDTH, PANEL_HEIGHT, across, (0.0, ticks(most)[-1]))


def _knee(times: Panel, prices: Panel, best: Point) -> list[str]:
    x = times.x(best.memory_mb)
    return [
        line(x, times.top, x, prices.top + prices.height, "knee"),
        text(x, times.top + times.height + 24, f"{best.memory_mb:,} MB", "middle"),
    ]


def _course(panel: Panel, values: Sequence[tuple[float, float, str]]) -> list[str]:
    points = [(panel.x(across), panel.y(up)) for across, up, _ in values]
    said = [f"{across:,g} MB: {title}" for across, _, title in values]
    return [path(points, "mark"), *(dot(x, y, title) for (x, y), title in zip(points, said))]
