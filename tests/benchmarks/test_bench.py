"""The command as one runs it, on the smallest model."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.image.containers import OWNER

REPOSITORY = Path(__file__).resolve().parents[2]
BENCH = REPOSITORY / "scripts" / "bench"


def bench(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", BENCH, *arguments], capture_output=True, text=True)


def test_help_goes_to_standard_output_and_wrong_usage_to_standard_error() -> None:
    helped, wrong = bench("-h"), bench("--slow")
    assert (helped.returncode, wrong.returncode) == (0, 2)
    assert helped.stdout == wrong.stderr and helped.stdout.startswith("Usage: bash scripts/bench")


@pytest.mark.docker
@pytest.mark.parametrize(
    ("directory", "complaint"),
    [("nowhere", "there is no directory"), ("tests", "it is not a model directory")],
)
def test_what_is_no_model_directory_is_refused(directory: str, complaint: str) -> None:
    ran = bench("--quick", REPOSITORY / directory)
    assert ran.returncode == 1
    assert complaint in ran.stderr.splitlines()[-1] and "Traceback" not in ran.stderr


@pytest.mark.docker
def test_a_quick_run_measures_a_model_beside_the_floor(tmp_path: Path) -> None:
    out = tmp_path / "the results"
    ran = bench("--quick", "-o", out, REPOSITORY / "base-example")
    assert ran.returncode == 0, ran.stderr
    figures = json.loads((out / "results.json").read_text())["figures"]
    assert list(figures) == ["floor", "base-example"]
    assert figures["floor"]["cold_over_floor"] == 1
    assert figures["base-example"]["modules"] > figures["floor"]["modules"]
    assert 0 < figures["base-example"]["warm_ms"] < figures["base-example"]["cold_ms"]
    assert (out / "cold.png").is_file() and (out / "results.md").read_text() in ran.stdout


@pytest.mark.docker
def test_a_folder_that_cannot_be_made_is_told_before_anything_is_built(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ran = bench("--quick", "-o", tmp_path / "file" / "out", REPOSITORY / "base-example")
    assert ran.returncode == 1
    assert "bench: [Errno 20] Not a directory" in ran.stderr and "Build:" not in ran.stderr


@pytest.mark.docker
def test_a_broken_budget_fails_the_run_and_is_named(tmp_path: Path) -> None:
    budgets = tmp_path / "budgets.toml"
    budget = {"variant": "base-example", "measure": "modules", "at_most": 1, "reason": "a test"}
    fields = "\n".join(f"{name} = {json.dumps(value)}" for name, value in budget.items())
    budgets.write_text(f"[[budget]]\n{fields}\n")
    ran = bench("--quick", "-b", budgets, "-o", tmp_path / "out", REPOSITORY / "base-example")
    assert ran.returncode == 1
    assert "budget broken: base-example: modules is" in ran.stderr


@pytest.mark.docker
def test_a_run_that_is_stopped_leaves_no_container(base_image: str, tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "BASE_IMAGE": base_image,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    suite = [sys.executable, "-m", "benchmarks.suite", "--quick"]
    command = [*suite, "--out", str(tmp_path / "out"), str(REPOSITORY / "base-example")]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY, env=environment
    ) as running:
        assert running.stderr and any("Cold starts" in line for line in running.stderr)
        deadline = time.monotonic() + 60
        while not containers_of(running.pid) and time.monotonic() < deadline:
            pass
        assert containers_of(running.pid)
        running.send_signal(signal.SIGTERM)
        running.stderr.read()
    assert running.returncode == -signal.SIGTERM
    assert not containers_of(running.pid)


def containers_of(process: int) -> list[str]:
    """The containers that a run has made."""
    listed = ("docker", "ps", "--all", "--quiet", "--filter", f"label={OWNER}={process}")
    return subprocess.check_output(listed, text=True).split()
