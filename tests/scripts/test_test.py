"""scripts/test with stubs of all that it calls, in a clone whose path has a space in it."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
STUBS = ("scripts/check", "scripts/bench", "machine/docker", ".venv/bin/python")
PYTEST = "python -m pytest -m"


class Clone:
    """A folder with the script and its stubs, which note their calls and succeed."""

    def __init__(self, folder: Path) -> None:
        self.root, self.calls = folder / "my clone", folder / "calls"
        self.calls.touch()
        for name in STUBS:
            self.stub(name)
        shutil.copy(REPOSITORY / "scripts" / "test", self.root / "scripts")

    def stub(self, name: str, body: str = "") -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        weights = "${WEIGHTS_FILE:+ with $WEIGHTS_FILE}${MODEL_FILE:+ and $MODEL_FILE}"
        note = f'echo "{path.name} $*{weights}" >>"{self.calls}"'
        path.write_text(f"#!/usr/bin/env bash\n{note}\n{body}\n")
        path.chmod(0o755)

    def run(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Runs the script, without the variables of this test run that it looks at."""
        files = ("WEIGHTS_FILE", "MODEL_FILE")
        known = {name: value for name, value in os.environ.items() if name not in files}
        return subprocess.run(
            ["bash", str(self.root / "scripts" / "test"), *arguments],
            env={**known, **environ},
            capture_output=True,
            text=True,
        )

    def notes(self, word: str) -> list[Path]:
        return [*(self.root / ".venv" / "bin").glob(f"python.{word}.*")]

    def called(self) -> list[str]:
        return [call.strip() for call in self.calls.read_text().splitlines()]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


LANES = (
    *("not docker and not timing", "local_aws and not timing"),
    "docker and not local_aws and not timing",
)


def test_a_whole_run_ends_with_the_timing_tests_alone_and_the_budgets(clone: Clone) -> None:
    test = clone.root / "tests" / "test_it.py"
    test.parent.mkdir()
    test.write_text("@pytest.mark.timing\n")
    test.with_name("test_other.py").touch()
    ran = clone.run()
    assert ran.returncode == 0, ran.stderr
    first, second, *lanes, timing, last = clone.called()
    assert (first, second) == ("check", "docker")
    assert sorted(lanes) == sorted(f"{PYTEST} {lane}" for lane in LANES)
    assert (timing, last) == (f"{PYTEST} timing tests/test_it.py", "bench --quick")
    assert "the budgets of pytorch-example are not held" in ran.stdout


def test_fast_runs_what_needs_no_docker_and_then_what_measures_time(clone: Clone) -> None:
    assert clone.run("--fast", "tests/serving").returncode == 0
    assert clone.called() == [
        "check",
        f"{PYTEST} not docker and not timing tests/serving",
        f"{PYTEST} timing and not docker tests/serving",
    ]


# A stub that ends as pytest does when it is interrupted.
CLEAN = """
trap 'sleep 0.5; touch "$0.cleaned.$$"; exit 2' INT
touch "$0.began.$$"
for _ in $(seq 300); do sleep 0.1; done
"""


def hear() -> None:
    """A job in the background of a script ignores it, and bash cannot take that back."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


# One test of each lane waits until those of the others have begun.
MEET = """
touch "$0.$$"
for _ in $(seq 100); do
  if [ "$(ls "$0".* | wc -l)" -ge 3 ]; then echo "they met"; exit 0; fi
  sleep 0.1
done
exit 1
"""


def test_lanes_run_side_by_side_and_each_is_shown_when_it_ends(clone: Clone) -> None:
    clone.stub(".venv/bin/python", MEET)
    ran = clone.run("tests/x")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    for lane in ("without Docker", "local AWS", "with Docker"):
        assert f"== {lane}, ended after " in ran.stdout
        log = clone.root / ".build" / "tests" / f"{lane.replace(' ', '-')}.log"
        assert log.read_text() == "they met\n"
    assert ran.stdout.count("they met\n") == 4


def test_what_still_runs_is_told_with_how_far_it_is(clone: Clone) -> None:
    clone.stub(".venv/bin/python", 'case "$*" in *not\\ local*) echo ". [ 7%]"; sleep 4 ;; esac')
    ran = clone.run("tests/x", BEAT_SECONDS="1")
    assert re.search(r"^after \d+ s there run with Docker \[ 7%\]$", ran.stdout, re.MULTILINE)


@pytest.mark.parametrize("marks", LANES)
def test_a_lane_that_fails_fails_the_run_after_the_others_have_ended(
    clone: Clone, marks: str
) -> None:
    clone.stub(".venv/bin/python", f'if [ "$4" = "{marks}" ]; then echo "it broke"; exit 1; fi')
    ran = clone.run("tests/x")
    assert ran.returncode == 1
    assert "ended after" in ran.stdout and "it broke\n" in ran.stdout
    assert ran.stdout.count("== ") == len(LANES)
    assert f"{PYTEST} timing tests/x" not in clone.called()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_interrupts_its_lanes_and_waits_for_them(
    clone: Clone, number: signal.Signals
) -> None:
    clone.stub(".venv/bin/python", CLEAN)
    command = ["bash", str(clone.root / "scripts" / "test"), "tests/x"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=hear) as running:
        deadline = time.monotonic() + 10
        while len(clone.notes("began")) < len(LANES):
            assert time.monotonic() < deadline, "the lanes do not begin"
            time.sleep(0.05)
        running.send_signal(number)
    assert running.returncode == 128 + number
    assert len(clone.notes("cleaned")) == len(LANES)


@pytest.mark.parametrize("arguments", [["--fast"], ["tests/pipeline"], ["--fast", "-k", "x"]])
def test_a_part_of_the_tests_measures_nothing(clone: Clone, arguments: list[str]) -> None:
    assert clone.run(*arguments).returncode == 0
    assert not [call for call in clone.called() if call.startswith("bench")]


def test_weights_beside_the_clone_are_measured_unless_others_are_given(clone: Clone) -> None:
    weights = clone.root.parent / "shared" / "testdata" / "mobilenet_v2-imagenet.pth"
    weights.parent.mkdir(parents=True)
    weights.touch()
    clone.run()
    clone.run(WEIGHTS_FILE="mine.pth")
    found, given = (call for call in clone.called() if call.startswith("bench"))
    assert Path(found.split(" with ")[1]).samefile(weights)
    assert given.endswith(" with mine.pth")


def test_a_tflite_model_beside_the_clone_is_measured_unless_another_is_given(clone: Clone) -> None:
    model = clone.root.parent / "shared" / "testdata" / "mobilenet_v2_1.0_224_int8.tflite"
    model.parent.mkdir(parents=True)
    model.touch()
    clone.run()
    clone.run(MODEL_FILE="mine.tflite")
    found, given = (call for call in clone.called() if call.startswith("bench"))
    assert Path(found.split(" and ")[1]).samefile(model)
    assert given.endswith(" and mine.tflite")


def test_a_broken_budget_fails_the_run(clone: Clone) -> None:
    clone.stub("scripts/bench", "exit 1")
    assert clone.run().returncode == 1


def test_a_selection_of_no_test_is_an_error(clone: Clone) -> None:
    clone.stub(".venv/bin/python", "exit 5")
    ran = clone.run("-k", "nothing")
    assert ran.returncode == 5
    assert "no test was selected: check the arguments -k nothing" in ran.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs packages")
def test_a_missing_compiler_or_browser_is_installed_where_apt_can(clone: Clone) -> None:
    tools = clone.root / "bin"
    tools.mkdir()
    for name in ("bash", "dirname", "env", "id"):
        (tools / name).symlink_to(str(shutil.which(name)))
    assert "tests that need one are skipped" in clone.run("--fast", PATH=str(tools)).stdout
    clone.stub("bin/apt-get")
    printed = clone.run("--fast", PATH=str(tools)).stdout
    assert "installing g++ with apt" in printed and "installing chromium with apt" in printed
    installed = [call for call in clone.called() if call.startswith("apt-get install")]
    assert [call.split()[-1] for call in installed] == ["g++", "chromium"]
