"""A report as a run makes it, with made-up figures."""

from benchmarks.suite.images import Directory
from benchmarks.suite.imports import Import
from benchmarks.suite.measuring import FULL, Report
from benchmarks.suite.throughput import Rate
from pipeline.memory.cost import Point
from pipeline.memory.sweep import MEMORIES_MB, Sweep

TIMES_MS = (20, 10.5, 10, 10, 10)


def full_report() -> Report:
    """A report on the floor and one model."""
    report = Report("2026-01-31", "a machine", FULL)
    report.figures["floor"].update(cold_ms=20.0, cold_over_floor=1.0, warm_ms=0.5)
    report.figures["model"].update(cold_ms=50.0, cold_over_floor=2.5, warm_ms=0.75, peak_mib=30.4)
    report.imports = {"model": [Import("app", 4.02)]}
    report.directories = {"model": [Directory("/opt/venv", 2_500_000)]}
    points = [
        Point(memory_mb, ms, ms, ms, 3.75)
        for memory_mb, ms in zip(MEMORIES_MB[1:], TIMES_MS, strict=True)
    ]
    report.sweep = {"model": Sweep(points, {512: "out of memory"}, 50)}
    report.throughput = {"model": [Rate(1, 1000, 0), Rate(2, 1900, 0)]}
    report.notes = ["Not measured: other: no weights."]
    return report
