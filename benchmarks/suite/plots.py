"""A report as pictures, each as PNG and as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.suite.cost import Point, knee
from benchmarks.suite.measuring import Report

matplotlib.rcParams["svg.hashsalt"] = "benchmarks"  # the same names of elements in each run
BAR, MARK = "#2b6cb0", "#c05621"
DOTS_PER_INCH = 160


def draw(report: Report, folder: Path) -> list[Path]:
    """Writes the pictures of what a report has into a folder, and gives their paths."""
    written = _save(_cold_starts(report), folder / "cold")
    if report.sweep:
        written += _save(_sweeps(report), folder / "memory")
    return written


def _save(figure: Figure, stem: Path) -> list[Path]:
    paths = [stem.with_suffix(".png"), stem.with_suffix(".svg")]
    figure.savefig(paths[0], dpi=DOTS_PER_INCH)
    figure.savefig(paths[1], metadata={"Date": None})
    return paths


def _cold_starts(report: Report) -> Figure:
    names = list(reversed(report.figures))
    times = [report.figures[name]["cold_ms"] for name in names]
    ratios = [f"{report.figures[name]['cold_over_floor']:.1f} floors" for name in names]
    figure = Figure(figsize=(7, 0.9 + 0.4 * len(names)), layout="constrained")
    axes = figure.subplots()
    bars = axes.barh(names, times, color=BAR)
    axes.bar_label(
        bars, [f"{ms:.0f} ms = {ratio}" for ms, ratio in zip(times, ratios, strict=True)], padding=4
    )
    axes.set_xlim(0, max(times) * 1.4)
    axes.set_xlabel("first request to a new container, 1 vCPU (ms, median)")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _sweeps(report: Report) -> Figure:
    figure = Figure(figsize=(7, 2.1 * len(report.sweep)), layout="constrained")
    rows = figure.subplots(len(report.sweep), 2, squeeze=False)
    for (time_axes, money_axes), (name, found) in zip(rows, report.sweep.items(), strict=True):
        points = found.points
        _line(time_axes, points, [point.warm_ms for point in points])
        _line(money_axes, points, [point.dollars_per_million for point in points])
        time_axes.set_title(f"{name}: warm request (ms)", fontsize="medium")
        money_axes.set_title("dollars a million requests", fontsize="medium")
    for axes in rows[-1]:
        axes.set_xlabel("memory (MB); the mark is the knee")
    return figure


def _line(axes: Axes, points: Sequence[Point], values: Sequence[float]) -> None:
    memories = [point.memory_mb for point in points]
    best = list(points).index(knee(points))
    axes.plot(memories, values, marker=".", color=BAR)
    axes.plot(memories[best], values[best], marker="o", markersize=9, color=MARK)
    axes.set_ylim(0, max(values) * 1.1)
    axes.set_xticks(memories, [str(memory) for memory in memories], fontsize="x-small", rotation=45)
