"""What XGBoost's C API saves over its Python package: cold start, memory and installed size.

    .venv/bin/python benchmarks/booster.py

A cold start is a new process that imports, loads the model and predicts once. The two ways take
turns; the table has the medians.
"""

import importlib.util
import statistics
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
APP = REPOSITORY / "xgboost-example" / "app"
ROUNDS = 15
WAYS = {
    "C API (`app/booster.py`)": "import model; model.load()",
    "Python package (`import xgboost`)": (
        "import numpy, xgboost; booster = xgboost.Booster(model_file='model.ubj');"
        "booster.inplace_predict(numpy.zeros((1, 13), dtype=numpy.float32))"
    ),
}
MEASURE = """
import resource, time
started = time.perf_counter()
{way}
print((time.perf_counter() - started) * 1000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def cold_start(way: str) -> tuple[float, float]:
    """Milliseconds and peak MiB of a new process."""
    command = [sys.executable, "-c", MEASURE.format(way=way)]
    printed = subprocess.run(command, cwd=APP, capture_output=True, text=True, check=True).stdout
    took_ms, peak_kib = printed.split()
    return float(took_ms), int(peak_kib) / 1024


def installed_mib(*packages: str) -> float:
    """Bytes of packages' folders, with the libraries that their wheels bring."""
    folders = []
    for package in packages:
        origin = importlib.util.find_spec(package)
        assert origin and origin.origin, f"{package} is not installed"
        parent = Path(origin.origin).parent
        folders += [parent, parent.with_name(f"{package}.libs")]
    files = (file for folder in folders for file in folder.rglob("*") if file.is_file())
    return sum(file.stat().st_size for file in files) / 2**20


def main() -> None:
    """Prints the table."""
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in WAYS}
    for _ in range(ROUNDS):
        for name, way in WAYS.items():
            measured[name].append(cold_start(way))
    print("| way | cold start, ms | peak memory, MiB |\n|---|---|---|")
    for name, rounds in measured.items():
        cold_ms, peak_mib = map(statistics.median, zip(*rounds, strict=True))
        print(f"| {name} | {cold_ms:.0f} | {peak_mib:.0f} |")
    spared_mib = installed_mib("numpy", "scipy")
    print(f"\nnumpy and scipy, which only the package needs: {spared_mib:.0f} MiB")


if __name__ == "__main__":
    main()
