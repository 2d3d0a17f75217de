"""What a library's C interface saves over its Python package: cold start, memory, installed size.

    .venv/bin/python benchmarks/c_interfaces.py

A cold start is a new process that imports, loads the example's model and predicts once; LightGBM,
which no example serves, has a model like xgboost-example's. The ways take turns; the tables have
the medians.
"""

import importlib.util
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
ROUNDS = 15
# By example: the two ways, and the packages that only the second needs.
WAYS = {
    "xgboost-example": (
        {
            "C interface (`engines/xgboost.py`)": "import model; model.load()",
            "Python package (`import xgboost`)": (
                "import numpy, xgboost; booster = xgboost.Booster(model_file='model.ubj');"
                "booster.inplace_predict(numpy.zeros((1, 13), dtype=numpy.float32))"
            ),
        },
        ("numpy", "scipy"),
    ),
    "onnx-example": (
        {
            "C interface (`engines/onnx/`)": "import model; model.Model()",
            "Python package (`import onnxruntime`)": (
                "import numpy, onnxruntime;"
                "session = onnxruntime.InferenceSession('model.onnx');"
                "session.run(None, {'measurements': numpy.zeros((1, 4), 'f')})"
            ),
        },
        ("numpy",),
    ),
    "LightGBM": (
        {
            "C interface (`engines/lightgbm.py`)": (
                "from engines.lightgbm import Booster; from engines.tensor import Tensor;"
                "Booster('model.txt').run([Tensor((1, 13), bytes(13 * 8))])"
            ),
            "Python package (`import lightgbm`)": (
                "import numpy, lightgbm; booster = lightgbm.Booster(model_file='model.txt');"
                "booster.predict(numpy.zeros((1, 13)), num_threads=1)"
            ),
        },
        ("numpy", "scipy"),
    ),
}
# The packages import scikit-learn and pandas where these are installed, and predict without.
MEASURE = """
import resource, sys, time
sys.modules.update(dict.fromkeys(("sklearn", "pandas", "matplotlib", "pyarrow")))
started = time.perf_counter()
{way}
print((time.perf_counter() - started) * 1000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
TRAIN_LIGHTGBM = """
import sys, lightgbm, numpy
table = numpy.loadtxt(sys.argv[1], delimiter=",", skiprows=1)
data = lightgbm.Dataset(table[:, :-1], table[:, -1])
lightgbm.train({"max_depth": 4, "verbosity": -1}, data, 230).save_model(sys.argv[2])
"""


def cold_start(app: Path, way: str) -> tuple[float, float]:
    """Milliseconds and peak MiB of a new process."""
    command = [sys.executable, "-c", MEASURE.format(way=way)]
    environ = {"PYTHONPATH": str(REPOSITORY), "ORT_DISABLE_TELEMETRY": "1"}
    ran = subprocess.run(command, cwd=app, env=environ, capture_output=True, text=True, check=True)
    took_ms, peak_kib = ran.stdout.split()
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


def train_lightgbm(folder: Path) -> Path:
    """A folder with a model of as many trees as deep as xgboost-example's, of its data."""
    table = REPOSITORY / "xgboost-example/boston.csv"
    command = [sys.executable, "-c", TRAIN_LIGHTGBM, str(table), str(folder / "model.txt")]
    subprocess.run(command, check=True)  # here it would count as memory of each new process
    return folder


def print_table(example: str, folder: Path, ways: dict[str, str], spared: tuple[str, ...]) -> None:
    """Measure the ways to serve the model of a folder, and print their table."""
    measured: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            measured[name].append(cold_start(folder, way))
    print(f"\n{example}\n\n| way | cold start, ms | peak memory, MiB |\n|---|---|---|")
    for name, rounds in measured.items():
        cold_ms, peak_mib = map(statistics.median, zip(*rounds, strict=True))
        print(f"| {name} | {cold_ms:.0f} | {peak_mib:.0f} |")
    print(f"\nOnly the package needs {' and '.join(spared)}: {installed_mib(*spared):.0f} MiB.")


def main() -> None:
    """Print a table for each example, and LightGBM."""
    with tempfile.TemporaryDirectory() as temporary:
        for example, (ways, spared) in WAYS.items():
            folder = REPOSITORY / example / "app"
            if not folder.exists():
                folder = train_lightgbm(Path(temporary))
            print_table(example, folder, ways, spared)


if __name__ == "__main__":
    main()
