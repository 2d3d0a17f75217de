"""scripts/test with stubs of all that it calls, in a clone whose path has a space in it."""

import os
import shutil
import subprocess
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

    def called(self) -> list[str]:
        return [call.strip() for call in self.calls.read_text().splitlines()]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


def test_a_whole_run_ends_with_the_budgets(clone: Clone) -> None:
    ran = clone.run()
    assert ran.returncode == 0, ran.stderr
    assert clone.called() == [
        "check",
        f"{PYTEST} not docker",
        "docker",
        f"{PYTEST} docker",
        "bench --quick",
    ]
    assert "the budgets of pytorch-example are not held" in ran.stdout


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
