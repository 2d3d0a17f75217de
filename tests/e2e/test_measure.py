"""`pipeline.sh -b` on a real Docker: a model that needs more than the least memory."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from pipeline.image.containers import OWNER
from tests.local.instance import REPOSITORY

pytestmark = pytest.mark.docker
TIMEOUT_SECONDS = 300
HOARD = "\nHOARD = b'x' * 600_000_000\n"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model that holds 600 MB, in a path with a space."""
    folder = tmp_path / "user's models" / "hoarder"
    shutil.copytree(REPOSITORY / "base-example", folder)
    with (folder / "app" / "model.py").open("a") as code:
        code.write(HOARD)
    return folder


def start(model: Path) -> subprocess.Popen[str]:
    """The pipeline without AWS, from the model's parent folder, in a process group of its own."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.Popen(
        ["bash", str(REPOSITORY / "pipeline.sh"), "-b", "-p", model.name],
        cwd=model.parent,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # A job in the background of a script ignores it, and bash cannot take that back.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def images() -> str:
    """The images of the model, each run's under a tag of its own."""
    return subprocess.check_output(
        ["docker", "images", "--quiet", "lambda-bench/hoarder"], text=True
    )


def test_it_says_which_memory_to_take_and_passes_over_what_is_too_little(model: Path) -> None:
    with start(model) as running:
        table, said = running.communicate(timeout=TIMEOUT_SECONDS)
    assert running.returncode == 0, said
    rows = [line.split() for line in table.splitlines() if re.match(r" *[\d,]+ ", line)]
    memories, times = [row[0].replace(",", "") for row in rows], [row[1:5] for row in rows]
    assert memories == ["512", "1024", "1536", "1769", "2048", "3008"]
    assert times[0] == ["out", "of", "memory"]
    assert all(float(cells[0].replace(",", "")) > 0 for cells in times[1:])
    (knee,) = (row[0].replace(",", "") for row in rows if "knee" in row)
    assert table.splitlines()[-1].startswith(f"For model.env: MEMORY_SIZE={knee}, the least")
    assert "The image gives the golden answer" in said and "round 3 of 3" in said
    assert not images()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_ended_leaves_no_container(model: Path, number: signal.Signals) -> None:
    with start(model) as running:
        assert running.stderr and any("round 1 of 3: 1,024 MB" in line for line in running.stderr)
        running.send_signal(number)
        running.communicate(timeout=TIMEOUT_SECONDS)
    assert running.returncode != 0
    listed = ("docker", "ps", "--all", "--filter", f"label={OWNER}", "--format", "{{.Image}}")
    assert "lambda-bench/hoarder" not in subprocess.check_output(listed, text=True)
    assert not images()
