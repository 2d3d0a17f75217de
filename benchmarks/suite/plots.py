"""A report as pictures, each as PNG and as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.suite.measuring import Report
from benchmarks.suite.variants import usual_ways
from pipeline.memory.cost import Point, knee

matplotlib.rcParams["svg.hashsalt"] = "benchmarks"  # the same names of elements in each run
BAR, MARK, OTHER = "#2b6cb0", "#c05621", "#8a8f98"
PANELS_IN_A_ROW = 3
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
    compared = {directory.name for directory in usual_ways()}
    figure = Figure(figsize=(7, 0.9 + 0.4 * len(names)), layout="constrained")
    axes = figure.subplots()
    bars = axes.barh(names, times, color=[OTHER if name in compared else BAR for name in names])
    axes.bar_label(
        bars, [f"{ms:.0f} ms = {ratio}" for ms, ratio in zip(times, ratios, strict=True)], padding=4
    )
    axes.set_xlim(0, max(times) * 1.4)
    axes.set_xlabel("first request to a new container, 1 vCPU (ms, median)")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def _sweeps(report: Report) -> Figure:
    rows = math.ceil(len(report.sweep) / PANELS_IN_A_ROW)
    figure = Figure(figsize=(10, 0.4 + 1.9 * rows), layout="constrained")
    figure.suptitle(
        "By memory (MB): a warm request (ms, line), dollars a million (dashes), and the knee (dot)",
        fontsize="medium",
    )
    panels = figure.subplots(rows, PANELS_IN_A_ROW, squeeze=False).flat
    for (name, found), axes in zip(report.sweep.items(), panels, strict=False):
        axes.set_title(name, fontsize="small")
        _panel(axes, found.points)
    for axes in panels:  # what is left of the last row
        axes.set_visible(False)
    return figure


def _panel(axes: Axes, points: Sequence[Point]) -> None:
    best, money = knee(points).point, axes.twinx()
    memories = [point.memory_mb for point in points]
    axes.plot(memories, [point.warm_ms for point in points], marker=".", color=BAR)
    axes.plot(best.memory_mb, best.warm_ms, marker="o", markersize=8, color=MARK)
    money.plot(memories, [point.dollars_per_million for point in points], "--", color=OTHER)
    for one in (axes, money):
        one.set_ylim(bottom=0)
        one.tick_params(labelsize="x-small")
    axes.set_xticks(memories, [str(memory) for memory in memories], rotation=45)
