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
import platform
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple

from benchmarks.suite import images
from benchmarks.suite.cost import knee
from benchmarks.suite.engine import say
from benchmarks.suite.imports import Import, imports, slowest
from benchmarks.suite.quantiles import median
from benchmarks.suite.sandbox import MB_PER_VCPU
from benchmarks.suite.sweep import Sweep, sweep
from benchmarks.suite.throughput import Rate, throughput
from benchmarks.suite.times import cold_times, warm_times
from benchmarks.suite.touched import CannotCount, touched
from benchmarks.suite.variants import FLOOR, Variant

MB = 1_000_000
MIB = 1 << 20
CPU_INFO = Path("/proc/cpuinfo")


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
    """What a run found, by variant."""

    date: str
    machine: str
    plan: Plan
    figures: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    imports: dict[str, list[Import]] = field(default_factory=dict)
    directories: dict[str, list[images.Directory]] = field(default_factory=dict)
    sweep: dict[str, Sweep] = field(default_factory=dict)
    throughput: dict[str, list[Rate]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def machine() -> str:
    """The processor, its CPUs and the system."""
    text = CPU_INFO.read_text() if CPU_INFO.is_file() else ""
    models = [line.split(":", 1)[1].strip() for line in text.splitlines() if "model name" in line]
    name = models[0] if models else platform.machine()
    return f"{name}, {os.cpu_count()} CPUs, {platform.system()} {platform.release()}"


def measure(variants: Sequence[Variant], base_image: str, plan: Plan) -> Report:
    """Measures images that are built; the floor must be among them.

    Args:
        variants: what to measure.
        base_image: the image that all are built on.
        plan: how much.

    Raises:
        BenchError, ExampleError: a function does not run, or answers something else.
    """
    report = measure_times(variants, plan)
    _measure_images(report, variants, base_image)
    _measure_imports(report, variants)
    if not plan.is_quick:
        _measure_more(report, variants)
    return report


def measure_times(variants: Sequence[Variant], plan: Plan) -> Report:
    """What noise spoils: cold starts and warm requests, the floor's among them."""
    report = Report(date.today().isoformat(), machine(), plan)
    _measure_cold(report, variants)
    _measure_warm(report, variants)
    return report


def _measure_cold(report: Report, variants: Sequence[Variant]) -> None:
    rounds, all_cores_mb = report.plan.cold_rounds, MB_PER_VCPU * (os.cpu_count() or 1)
    say(f"Cold starts: {rounds} of each, 1 vCPU")
    medians = {n: median(ms) for n, ms in cold_times(variants, MB_PER_VCPU, rounds).items()}
    for name, cold_ms in medians.items():
        report.figures[name]["cold_ms"] = cold_ms
        report.figures[name]["cold_over_floor"] = cold_ms / medians[FLOOR]
    if not report.plan.is_quick:
        say(f"Cold starts: {rounds} of each, all CPUs")
        for name, times in cold_times(variants, all_cores_mb, rounds).items():
            report.figures[name]["cold_all_cores_ms"] = median(times)


def _measure_warm(report: Report, variants: Sequence[Variant]) -> None:
    say(f"Warm requests: {report.plan.warm_requests} of each")
    found = warm_times(variants, MB_PER_VCPU, report.plan.warm_requests)
    for name, warm in found.items():
        figures = report.figures[name]
        figures["warm_ms"] = warm.median_ms
        figures["warm_p95_ms"], figures["warm_p99_ms"] = warm.p95_ms, warm.p99_ms
        figures["warm_above_floor_ms"] = warm.median_ms - found[FLOOR].median_ms
        if warm.peak_bytes is not None:
            figures["peak_mib"] = warm.peak_bytes / MIB
    if any(warm.peak_bytes is None for warm in found.values()):
        report.notes.append("Peak memory: this machine shows no control group of a container.")


def _measure_images(report: Report, variants: Sequence[Variant], base_image: str) -> None:
    say("Images")
    base_bytes, known = images.unpacked_bytes(base_image), dict[str, int]()
    for variant in variants:
        figures, size = report.figures[variant.name], images.unpacked_bytes(variant.image)
        figures["image_mb"], figures["image_above_base_mb"] = size / MB, (size - base_bytes) / MB
        report.directories[variant.name] = images.largest_directories(variant.image)
        if not report.plan.is_quick:
            figures["compressed_mb"] = images.compressed_bytes(variant.image, known) / MB


def _measure_imports(report: Report, variants: Sequence[Variant]) -> None:
    say("Imports")
    for variant in variants:
        found = imports(variant)
        report.figures[variant.name]["modules"] = len(found)
        report.imports[variant.name] = slowest(found)


def _measure_more(report: Report, variants: Sequence[Variant]) -> None:
    report.sweep = sweep(variants, report.plan.sweep_rounds)
    for name, found in report.sweep.items():
        best = knee(found.points)
        report.figures[name]["knee_mb"] = best.memory_mb
        report.figures[name]["knee_dollars"] = best.dollars_per_million
    say("Bytes touched")
    try:
        for variant in variants:
            report.figures[variant.name]["touched_mb"] = touched(variant).block_bytes / MB
    except CannotCount as reason:
        report.notes.append(f"Bytes touched: not counted on this machine: {reason}.")
    for variant in variants:
        say(f"Throughput: {variant.name}")
        report.throughput[variant.name] = throughput(variant)
