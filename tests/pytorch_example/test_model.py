import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.model_directory import REPOSITORY
from tests.pytorch_example.compiled import SIDE, crop, described, folder
from tests.pytorch_example.parts import DIRECTORY, part

model_module = part("model")
__all__ = "described", "folder"  # fixtures
# Label, percent, runner-up: from the README of the test data.
PHOTOGRAPHS = {
    "dog.jpg": ("Samoyed, Samoyede", 73.3, "Arctic fox, white fox, Alopex lagopus"),
    "cat_720p.jpg": ("Egyptian cat", 70.9, "tabby, tabby cat"),
    "hot_dog.jpg": ("hotdog, hot dog, red hot", 57.7, "potpie"),
}
HEAVY = {"torch", "numpy", "sympy", "networkx", "jinja2", "filelock", "fsspec", "asyncio"}


@pytest.fixture(scope="module")
def model(folder: Path) -> Any:
    return model_module.load(folder)


def run_python(code: str, *arguments: str, **environment: str) -> list[str]:
    """What a new Python prints that runs code in app/, as words."""
    command = [sys.executable, "-c", code, *arguments]
    ran = subprocess.run(
        command,
        cwd=DIRECTORY / "app",
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    return ran.stdout.split()


@pytest.mark.parametrize(("name", "expected"), PHOTOGRAPHS.items())
def test_the_photographs_are_named(model: Any, name: str, expected: tuple[str, float, str]) -> None:
    percents = model.predict(crop(name))
    best = sorted(zip(percents, model.labels, strict=True), reverse=True)[:2]
    assert [label for _, label in best] == [expected[0], expected[2]]
    assert best[0][0] == pytest.approx(expected[1], abs=0.1)


def test_the_percentages_sum_to_100(model: Any) -> None:
    percents = model.predict(crop("dog.jpg"))
    assert len(percents) == len(model.labels) == 1000
    assert sum(percents) == pytest.approx(100, abs=1e-3)


def test_a_prediction_outlives_the_next_one(model: Any) -> None:
    first = model.predict(crop("dog.jpg"))
    kept = list(first)
    model.predict(crop("hot_dog.jpg"))
    assert first == kept == model.predict(crop("dog.jpg"))


@pytest.mark.parametrize("count", [0, 1, 3 * 160 * 160, 3 * SIDE * SIDE - 1, 4 * SIDE * SIDE])
def test_another_number_of_pixels_is_refused(model: Any, count: int) -> None:
    with pytest.raises(RuntimeError, match=f"pixels must have 150528 bytes, .* got {count}"):
        model.predict(bytes(count))


def test_a_prediction_leaves_no_memory_behind(folder: Path) -> None:
    code = """
import sys, model
from pathlib import Path
def resident_kib():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
network = model.load(Path(sys.argv[1]))
for _ in range(300): network.predict(bytes(3 * 224 * 224))  # until the heap has its size
before = resident_kib()
for _ in range(300): network.predict(bytes(3 * 224 * 224))
print(resident_kib() - before)
"""
    (grown_kib,) = run_python(code, str(folder))
    assert int(grown_kib) < 1024  # the 300 photographs are 44 MiB, their percentages 1.2


def test_nothing_is_imported_that_a_prediction_does_not_need(folder: Path) -> None:
    code = "import sys, pathlib, model; model.load(pathlib.Path(sys.argv[1])); print(*sys.modules)"
    loaded = set(run_python(code, str(folder)))
    assert "engines.torch.network" in loaded
    assert not {name for name in loaded if name.split(".")[0] in HEAVY}


@pytest.mark.timing
def test_the_first_prediction_after_loading_is_no_slower_than_twice_the_usual(
    folder: Path,
) -> None:
    code = """
import statistics, sys, time, model
from pathlib import Path
network, seconds = model.load(Path(sys.argv[1])), []
for _ in range(40):
    started = time.perf_counter()
    network.predict(bytes(3 * 224 * 224))
    seconds.append(time.perf_counter() - started)
print(seconds[0] / statistics.median(seconds))
"""
    ratios = [float(run_python(code, str(folder))[0]) for _ in range(5)]
    assert min(ratios) < 2
