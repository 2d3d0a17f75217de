"""The image's entry point starts the runtime client, in the emulator where there is no Lambda."""

import os
import subprocess
from pathlib import Path

import pytest

ENTRY = Path(__file__).parents[2] / "serving" / "entry.sh"
EMULATOR = Path("/usr/local/bin/aws-lambda-rie")


def enter(bin_folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the entry point where `python` prints its arguments."""
    python = bin_folder / "python"
    python.write_text('#!/bin/sh\nprintf "<%s>" "$@"\n')
    python.chmod(0o755)
    environment = {"PATH": f"{bin_folder}:{os.environ['PATH']}", **variables}
    command = [str(ENTRY), "app.handler", "two words"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_it_can_be_executed_and_is_plain_sh() -> None:
    assert os.access(ENTRY, os.X_OK)
    assert ENTRY.read_text().startswith("#!/bin/sh\n")


def test_in_lambda_it_starts_the_runtime_client(tmp_path: Path) -> None:
    run = enter(tmp_path, AWS_LAMBDA_RUNTIME_API="127.0.0.1:9001")
    assert run.stdout == "<-m><awslambdaric><app.handler><two words>"
    assert run.returncode == 0


@pytest.mark.skipif(EMULATOR.exists(), reason="this machine has an emulator where images have it")
def test_without_lambda_and_emulator_it_says_how_to_mount_one(tmp_path: Path) -> None:
    run = enter(tmp_path)
    assert (run.returncode, run.stdout) == (1, "")
    assert "docker run -v" in run.stderr
    assert f"{EMULATOR}:ro" in run.stderr
