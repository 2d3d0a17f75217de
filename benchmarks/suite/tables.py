"""A report as Markdown and as JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from benchmarks.suite.measuring import Report
from pipeline.memory.cost import PRICE_DATE, Point, knee
from pipeline.memory.sweep import MEMORIES_MB, Sweep

# By measure: the column's head, and how its figures are written.
COLUMNS = {
    "cold_ms": ("cold, 1 vCPU (ms)", "{:,.0f}"),
    "cold_over_floor": ("times the floor", "{:.1f}"),
    "cold_all_cores_ms": ("cold, all CPUs (ms)", "{:,.0f}"),
    "warm_ms": ("warm, median (ms)", "{:.2f}"),
    "warm_p95_ms": ("p95", "{:.2f}"),
    "warm_p99_ms": ("p99", "{:.2f}"),
    "warm_above_floor_ms": ("above the floor's", "{:.2f}"),
    "peak_mib": ("peak memory (MiB)", "{:,.0f}"),
    "image_mb": ("image (MB)", "{:,.0f}"),
    "image_above_base_mb": ("above the base (MB)", "{:,.0f}"),
    "compressed_mb": ("compressed (MB)", "{:,.0f}"),
    "touched_mb": ("read at a cold start (MB)", "{:,.0f}"),
    "modules": ("modules", "{:,.0f}"),
    "knee_mb": ("memory to give (MB)", "{:,.0f}"),
    "knee_dollars": ("$ a million warm requests", "{:.2f}"),
}
UNKNOWN = "?"


def as_markdown(report: Report) -> str:
    """The tables of a report, and what it could not measure."""
    plan = report.plan
    lead = (
        f"Measured on {report.date}: {report.machine}. Cold starts are medians of"
        f" {plan.cold_rounds}, warm times of {plan.warm_requests} requests."
    )
    parts = [lead, main_table(report, COLUMNS), *_sweep_tables(report), *_throughput_table(report)]
    parts += [*_imports_table(report), *_directories_table(report), *report.notes]
    return "\n\n".join(parts) + "\n"


def as_json(report: Report) -> str:
    """All that a report holds."""
    return json.dumps(_plain(vars(report)), indent=2, ensure_ascii=False) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table whose first column is text and whose others are numbers."""
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def _plain(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value


def main_table(report: Report, measures: Collection[str]) -> str:
    """A row for each variant, with those of the measures that were taken of any."""
    measured = {name for figures in report.figures.values() for name in figures} & {*measures}
    columns = {name: column for name, column in COLUMNS.items() if name in measured}
    rows = (
        [
            variant,
            *(
                form.format(figures[name]) if name in figures else UNKNOWN
                for name, (_, form) in columns.items()
            ),
        ]
        for variant, figures in report.figures.items()
    )
    return table(["image", *(head for head, _ in columns.values())], rows)


def _sweep_tables(report: Report) -> Iterator[str]:
    if not report.sweep:
        return
    yield (
        "Memory sweep: a warm request (ms), and dollars for a million warm requests with the REST"
        f" API in front (prices of {PRICE_DATE}). **Bold** is the knee: the least memory whose"
        " price times time is within a fifth of the lowest."
    )
    head = ["image", *(f"{memory_mb:,} MB" for memory_mb in MEMORIES_MB)]
    yield table(head, ([name, *_cells(found)] for name, found in report.sweep.items()))


def _cells(found: Sweep) -> Iterator[str]:
    best, points = knee(found.points).point, {point.memory_mb: point for point in found.points}
    for memory_mb in MEMORIES_MB:
        if memory_mb in points:
            cell = _times_and_dollars(points[memory_mb])
            yield f"**{cell}**" if memory_mb == best.memory_mb else cell
        else:
            yield found.failures[memory_mb]


def _times_and_dollars(point: Point) -> str:
    return f"{point.warm_ms:.2f} · ${point.dollars_per_million:.2f}"


def _throughput_table(report: Report) -> Iterator[str]:
    if not report.throughput:
        return
    yield (
        "Throughput: the most requests a second, from as many containers as fill the machine,"
        " each with one client on the same machine."
    )
    best = {
        name: max(rates, key=lambda r: r.requests_a_second)
        for name, rates in report.throughput.items()
    }
    errors = {name: sum(rate.errors for rate in rates) for name, rates in report.throughput.items()}
    yield table(
        ["image", "containers", "requests a second", "errors"],
        (
            [name, str(rate.containers), f"{rate.requests_a_second:,.0f}", str(errors[name])]
            for name, rate in best.items()
        ),
    )


def _imports_table(report: Report) -> Iterator[str]:
    yield "The slowest imports (ms of the module's own code), from `python -X importtime`:"
    rows = (
        [name, ", ".join(f"`{one.module}` {one.ms:.1f}" for one in found)]
        for name, found in report.imports.items()
    )
    yield table(["image", "imports"], rows)


def _directories_table(report: Report) -> Iterator[str]:
    yield "The largest directories (MB, without their subdirectories):"
    rows = (
        [name, ", ".join(f"`{one.path}` {one.bytes / 1e6:.1f}" for one in found)]
        for name, found in report.directories.items()
    )
    yield table(["image", "directories"], rows)
