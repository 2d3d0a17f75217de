"""Compares the ways to run pytorch-example's network, and writes the table into its README.

    .venv/bin/python benchmarks/pytorch_engines.py mobilenet_v2-b0353104.pth

Every figure is the median of fresh processes that take turns: each round starts every engine once
with each number of threads. Needs torch and a C++ compiler (see pytorch-example/export/).
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent
MODEL = REPOSITORY / "pytorch-example"
README = MODEL / "README.md"
SIDE = 224
WARM_RUNS = 60
LIBRARY = "libtorch_cpu.so"
THREADS = (1, 2)
HEAVY = ("torch", "torch._dynamo", "torch._inductor", "torch.distributed", "sympy", "numpy")
Runner = Callable[[bytes], list[float]]
START = "<!-- engines: benchmarks/pytorch_engines.py writes them -->"
END = "<!-- end of engines -->"

sys.path[:0] = [str(MODEL), str(MODEL / "app")]


def load_eager(folder: Path, threads: int, channels_last: bool = False) -> Runner:
    """PyTorch as one would write it, the weights from their file."""
    import torch
    from export.mobilenet import MobileNetV2
    from export.trained import Percentages, Trained

    network = MobileNetV2(1000)
    network.load_state_dict(torch.load(folder / "weights.pth", weights_only=True))
    mean, deviation = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    model = Percentages(Trained(network, (), SIDE, 256, mean, deviation)).eval()
    if channels_last:
        model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return _runner_of(model, threads)


def load_channels_last(folder: Path, threads: int) -> Runner:
    """The same, with the channels of a pixel side by side in memory."""
    return load_eager(folder, threads, channels_last=True)


def load_torchscript(folder: Path, threads: int) -> Runner:
    """A frozen TorchScript file."""
    import torch

    return _runner_of(torch.jit.load(folder / "frozen.pt"), threads)  # type: ignore[no-untyped-call]


def load_package(folder: Path, threads: int) -> Runner:
    """AOTInductor's package, through PyTorch's Python package."""
    import torch

    path = str(folder / "open" / "network.pt2")
    loader = torch._C._aoti.AOTIModelPackageLoader(path, "model", False, 1, -1)
    return _runner_of(lambda pixels: loader.run([pixels])[0], threads)


def load_compiled(folder: Path, threads: int, variant: str = "open") -> Runner:
    """The same network through PyTorch's C interface."""
    from libtorch import Network

    return Network(folder / variant / "network.so", (1, SIDE, SIDE, 3), threads).run


def load_shipped(folder: Path, threads: int) -> Runner:
    """The same with the library as the image has it: export/constructors.py says what is gone."""
    sys.path.insert(0, str(folder / "trimmed"))
    return load_compiled(folder, threads)


def load_packed(folder: Path, threads: int) -> Runner:
    """The same, its weights stored in the order that suits the machine that compiled it."""
    return load_compiled(folder, threads, variant="packed")


ENGINES: dict[str, Callable[[Path, int], Runner]] = {
    "eager": load_eager,
    "eager, channels last": load_channels_last,
    "TorchScript, frozen": load_torchscript,
    "AOTInductor, `import torch`": load_package,
    "AOTInductor, C interface": load_compiled,
    "**the same, constructors dropped**": load_shipped,
    "the same, AVX2 only": load_shipped,
    "AOTInductor, C interface, weights ordered for this processor": load_packed,
    "these weights, AVX2 only": load_packed,
}
# What a processor without AVX-512 does, shown on one that has it.
AVX2_ONLY = {"ONEDNN_MAX_CPU_ISA": "AVX2", "ATEN_CPU_CAPABILITY": "avx2"}


def _runner_of(model: Any, threads: int) -> Runner:
    import torch

    torch.set_num_threads(threads)

    def run(pixels: bytes) -> list[float]:
        image = torch.frombuffer(bytearray(pixels), dtype=torch.uint8).view(1, SIDE, SIDE, 3)
        with torch.inference_mode():
            numbers: list[float] = model(image)[0].tolist()
        return numbers

    return run


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


def prepare(weights: Path, folder: Path) -> None:
    """Makes each engine's files."""
    import shutil

    import torch
    from export import compiling, constructors
    from export.__main__ import imagenet
    from export.trained import Percentages

    trained = imagenet(str(weights), "", "")
    shutil.copy(weights, folder / "weights.pth")
    pixels = torch.zeros((1, SIDE, SIDE, 3), dtype=torch.uint8)
    with torch.no_grad():
        traced = torch.jit.trace(Percentages(trained).eval(), pixels)  # type: ignore[no-untyped-call]
        torch.jit.freeze(traced.eval()).save(folder / "frozen.pt")
    for variant, images in (("open", None), ("packed", 1)):
        (folder / variant).mkdir()
        compiling.package(trained, folder / variant / "network.pt2", images)
        compiling.unpack(folder / variant / "network.pt2", folder / variant / "network.so")
    trimmed = folder / "trimmed" / "torch"
    library = shutil.copytree(Path(torch.__file__).with_name("lib"), trimmed / "lib") / LIBRARY
    constructors.drop(library, constructors.unneeded(library))
    (trimmed / "__init__.py").touch()


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
    """Reads the command line."""
    parser = argparse.ArgumentParser(description="Compares ways to run pytorch-example's network.")
    parser.add_argument("weights", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Measures everything; in processes of its own it prepares, and measures one engine."""
    if arguments[:1] == ["--measure"]:
        _, engine, folder, threads = arguments
        print(json.dumps(measure(engine, Path(folder), int(threads))))
        return 0
    if arguments[:1] == ["--prepare"]:
        prepare(*map(Path, arguments[1:]))
        return 0
    options = parse(arguments)
    with TemporaryDirectory() as made:
        _own_process("--prepare", str(options.weights), made)
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
