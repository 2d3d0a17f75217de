"""Compares the ways to run pytorch-example's network, and writes the table into its README.

    .venv/bin/python benchmarks/pytorch_engines.py mobilenet_v2-b0353104.pth

Every figure is the median of fresh processes that take turns: each round starts every engine once
with each number of threads. Needs torch and a C++ compiler (see pytorch-example/network/).
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks.pytorch_ways import ENGINES, MODEL, SIDE, prepare

README = MODEL / "README.md"
WARM_RUNS = 60
THREADS = (1, 2)
HEAVY = ("torch", "torch._dynamo", "torch._inductor", "torch.distributed", "sympy", "numpy")
START = "<!-- engines: benchmarks/pytorch_engines.py writes them -->"
END = "<!-- end of engines -->"
# What a processor without AVX-512 does, shown on one that has it.
AVX2_ONLY = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}


def measure(engine: str, folder: Path, threads: int) -> dict[str, Any]:
    """One process's figures: milliseconds, MiB at most, and the heavy modules that came along."""
    import resource

    pixels = os.urandom(3 * SIDE * SIDE)
    started = perf_counter()
    run = ENGINES[engine](folder, threads)
    marks = [started, perf_counter()]
    for _ in range(2 + WARM_RUNS):
        run(pixels)
        marks.append(perf_counter())
    load, first, second, *warm = [1000 * (after - before) for before, after in pairwise(marks)]
    return {
        "load": load,
        "first": first,
        "second": second,
        "cold": load + first + second,
        "warm": statistics.median(warm),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "modules": len(sys.modules),
        "heavy": [name for name in HEAVY if name in sys.modules],
    }


def run_rounds(folder: Path, rounds: int) -> dict[tuple[str, int], list[dict[str, Any]]]:
    """Every engine and number of threads in turn, as often as asked for."""
    figures: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for _ in range(rounds):
        for threads in THREADS:
            for engine in ENGINES:
                limits = AVX2_ONLY if "AVX2 only" in engine else {}
                output = _own_process("--measure", engine, str(folder), str(threads), **limits)
                figures.setdefault((engine, threads), []).append(json.loads(output))
                print(".", end="", file=sys.stderr, flush=True)
    return figures


def _own_process(*arguments: str, **environment: str) -> bytes:
    """This script's output: a child would inherit the peak memory of a parent that uses torch."""
    command = [sys.executable, __file__, *arguments]
    environment = {**os.environ, **environment}
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment).stdout


def table(figures: dict[tuple[str, int], list[dict[str, Any]]], rounds: int) -> str:
    """The medians as Markdown; cold start with one thread."""
    lines = [
        f"| engine | load | first | second | cold start | warm, {THREADS[0]} thread |"
        f" warm, {THREADS[1]} threads | memory, MiB | modules | of them |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for engine in ENGINES:
        one, two = figures[engine, THREADS[0]], figures[engine, THREADS[1]]
        load, first, second, cold, peak = (
            f"{statistics.median(figure[key] for figure in one):.0f}"
            for key in ("load", "first", "second", "cold", "peak")
        )
        warm, warm_two = (
            f"{statistics.median(figure['warm'] for figure in each):.1f}" for each in (one, two)
        )
        heavy = ", ".join(f"`{name}`" for name in one[0]["heavy"]) or "none"
        lines.append(
            f"| {engine} | {load} | {first} | {second} | {cold} | {warm} | {warm_two} | {peak} |"
            f" {one[0]['modules']} | {heavy} |"
        )
    return "\n".join(lines) + f"\n\n{_about(rounds)}\n"


def _about(rounds: int) -> str:
    return (
        f"Milliseconds, medians of {rounds} fresh processes each, which took turns, on"
        f" {os.cpu_count()} cores of {_processor()}. Load: importing the library and reading the"
        " network. First, second: predictions. Cold start: the three together. Warm: the median of"
        f" {WARM_RUNS} predictions more. Made by `benchmarks/pytorch_engines.py`."
    )


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return f"{(names or [platform.machine()])[0]}"


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Compares ways to run pytorch-example's network.")
    parser.add_argument("weights", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Measure everything; in processes of its own it prepares, and measures one engine."""
    if arguments[:1] == ["--measure"]:
        _, engine, folder, threads = arguments
        print(json.dumps(measure(engine, Path(folder), int(threads))))
        return 0
    if arguments[:1] == ["--prepare"]:
        _, variant, weights, folder = arguments
        prepare(variant, Path(weights), Path(folder))
        return 0
    options = parse(arguments)
    with TemporaryDirectory() as made:
        for variant in ("plain", "packed"):
            _own_process("--prepare", variant, str(options.weights), made)
        write(table(run_rounds(Path(made), options.rounds), options.rounds))
    return 0


def write(text: str) -> None:
    """Puts the table between its marks in the example's README."""
    before, _, rest = README.read_text().partition(START)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{START}\n\n{text}\n{END}{after}")
    print(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
