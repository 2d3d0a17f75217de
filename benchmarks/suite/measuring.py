"""Which measurements a run makes, and its figures: a number for each variant and measure.

cold_ms                first request to a new container, 1 vCPU, median
cold_over_floor        cold_ms as a multiple of the floor's
cold_all_cores_ms      the same with all of the machine's CPUs
warm_ms, warm_p95_ms, warm_p99_ms
                       requests to a function that is warm, on one connection
warm_above_floor_ms    warm_ms less the floor's: without emulator and network
peak_mib               most memory of the container's control group, after the warm requests
image_mb, image_above_base_mb, compressed_mb
                       an image's files, those that its base lacks, and it in a registry (MB)
touched_mb             blocks of the image that a cold start reads (MB)
modules                imported when the function starts
knee_mb, knee_dollars  the memory to give it, and then the price of a million warm requests

An MB is 10^6 bytes, a MiB 2^20.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from benchmarks.suite import images
from benchmarks.suite.imports import Import, imports, slowest
from benchmarks.suite.throughput import Rate, throughput
from benchmarks.suite.times import cold_times, warm_times
from benchmarks.suite.touched import CannotCount, touched
from benchmarks.suite.variants import FLOOR
from pipeline.commands import say
from pipeline.image.function import Function
from pipeline.image.metadata import unpacked_bytes
from pipeline.memory.cost import knee
from pipeline.memory.machine import machine
from pipeline.memory.quantiles import median
from pipeline.memory.sweep import Sweep, sweep
from pipeline.model.settings import MB_PER_VCPU

MB = 1_000_000
MIB = 1 << 20


class Plan(NamedTuple):
    """How much a run measures."""

    cold_rounds: int
    warm_requests: int
    sweep_rounds: int
    is_quick: bool


FULL = Plan(cold_rounds=10, warm_requests=300, sweep_rounds=3, is_quick=False)
QUICK = Plan(cold_rounds=5, warm_requests=50, sweep_rounds=0, is_quick=True)


@dataclass
class Report:
    """What a run found, by function."""

    date: str
    machine: str
    plan: Plan
    figures: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    imports: dict[str, list[Import]] = field(default_factory=dict)
    directories: dict[str, list[images.Directory]] = field(default_factory=dict)
    sweep: dict[str, Sweep] = field(default_factory=dict)
    throughput: dict[str, list[Rate]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def measure(functions: Sequence[Function], base_image: str, plan: Plan) -> Report:
    """Measures images that are built; the floor must be among them.

    Args:
        functions: what to measure.
        base_image: the image that all are built on.
        plan: how much.

    Raises:
        PipelineError, GoldenError: a function does not run, or answers something else.
    """
    report = measure_times(functions, plan)
    _measure_images(report, functions, base_image)
    _measure_imports(report, functions)
    if not plan.is_quick:
        _measure_more(report, functions)
    return report


def measure_times(functions: Sequence[Function], plan: Plan) -> Report:
    """What noise spoils: cold starts and warm requests, the floor's among them."""
    report = Report(date.today().isoformat(), machine(), plan)
    _measure_cold(report, functions)
    _measure_warm(report, functions)
    return report


def _measure_cold(report: Report, functions: Sequence[Function]) -> None:
    rounds, all_cores_mb = report.plan.cold_rounds, MB_PER_VCPU * (os.cpu_count() or 1)
    say(f"Cold starts: {rounds} of each, 1 vCPU")
    medians = {n: median(ms) for n, ms in cold_times(functions, MB_PER_VCPU, rounds).items()}
    for name, cold_ms in medians.items():
        report.figures[name]["cold_ms"] = cold_ms
        report.figures[name]["cold_over_floor"] = cold_ms / medians[FLOOR]
    if not report.plan.is_quick:
        say(f"Cold starts: {rounds} of each, all CPUs")
        for name, times in cold_times(functions, all_cores_mb, rounds).items():
            report.figures[name]["cold_all_cores_ms"] = median(times)


def _measure_warm(report: Report, functions: Sequence[Function]) -> None:
    say(f"Warm requests: {report.plan.warm_requests} of each")
    found = warm_times(functions, MB_PER_VCPU, report.plan.warm_requests)
    for name, warm in found.items():
        figures = report.figures[name]
        figures["warm_ms"] = warm.median_ms
        figures["warm_p95_ms"], figures["warm_p99_ms"] = warm.p95_ms, warm.p99_ms
        figures["warm_above_floor_ms"] = warm.median_ms - found[FLOOR].median_ms
        if warm.peak_bytes is not None:
            figures["peak_mib"] = warm.peak_bytes / MIB
    if any(warm.peak_bytes is None for warm in found.values()):
        report.notes.append("Peak memory: this machine shows no control group of a container.")


def _measure_images(report: Report, functions: Sequence[Function], base_image: str) -> None:
    say("Images")
    base_bytes, known = unpacked_bytes(base_image), dict[str, int]()
    for function in functions:
        figures, size = report.figures[function.name], unpacked_bytes(function.image)
        figures["image_mb"], figures["image_above_base_mb"] = size / MB, (size - base_bytes) / MB
        report.directories[function.name] = images.largest_directories(function.image)
        if not report.plan.is_quick:
            figures["compressed_mb"] = images.compressed_bytes(function.image, known) / MB


def _measure_imports(report: Report, functions: Sequence[Function]) -> None:
    say("Imports")
    for function in functions:
        found = imports(function)
        report.figures[function.name]["modules"] = len(found)
        report.imports[function.name] = slowest(found)


def _measure_more(report: Report, functions: Sequence[Function]) -> None:
    report.sweep = sweep(functions, report.plan.sweep_rounds)
    for name, found in report.sweep.items():
        best = knee(found.points).point
        report.figures[name]["knee_mb"] = best.memory_mb
        report.figures[name]["knee_dollars"] = best.dollars_per_million
    say("Bytes touched")
    try:
        for function in functions:
            report.figures[function.name]["touched_mb"] = touched(function).block_bytes / MB
    except CannotCount as reason:
        report.notes.append(f"Bytes touched: not counted on this machine: {reason}.")
    for function in functions:
        say(f"Throughput: {function.name}")
        report.throughput[function.name] = throughput(function)
