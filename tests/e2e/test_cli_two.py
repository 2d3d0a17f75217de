"""The pipeline with version 2 of the AWS CLI, on the local AWS."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.model import Model

pytestmark = pytest.mark.docker


def candidates() -> Iterator[str]:
    """The programs called aws of this machine."""
    for folder in [*os.environ["PATH"].split(os.pathsep), "/usr/bin", "/usr/local/bin"]:
        if found := shutil.which("aws", path=folder):
            yield found


def is_two(program: str) -> bool:
    told = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    return told.startswith("aws-cli/2")


@pytest.fixture
def cli_two(tmp_path: Path) -> Path:
    """A folder with this machine's AWS CLI, if that is version 2, pointed at the local AWS.

    Version 2 reads AWS_ENDPOINT_URL since 2.13; Debian's is older, and is told by an option.
    """
    found = next(filter(is_two, candidates()), None)
    if not found:
        pytest.skip("no AWS CLI of version 2 (Debian, Ubuntu: apt-get install awscli)")
    launcher = tmp_path / "cli" / "aws"
    launcher.parent.mkdir()
    launcher.write_text(f'#!/bin/sh\nexec {found} --endpoint-url "$AWS_ENDPOINT_URL" "$@"\n')
    launcher.chmod(0o755)
    return launcher.parent


def test_version_two_deploys_asks_goes_back_and_deletes(
    new_model: Callable[..., Model], cli_two: Path
) -> None:
    model = new_model("two")
    environ = {"LOCAL_AWS_CLI": str(cli_two)}
    model.deploy("-r", "-p", "-d", "-t", **environ)
    assert "aws-cli/2" in model.pipeline("-c", **environ).stdout
    model.change(40.0)
    model.deploy("-p", "-d", "-t", DEPLOYMENT="checked", AUTH="iam", **environ)
    model.deploy("-d", "-i", "previous", "-t", "-y", **environ)
    assert len(model.pipeline("-i", **environ).stdout.splitlines()) == 2
    model.deploy("-x", "-y", **environ)
    assert model.status(model.function_stack) == "NONE"
