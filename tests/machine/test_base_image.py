import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands import REPOSITORY, Commands, is_debian, is_root

BASE_IMAGE = REPOSITORY / "machine" / "base_image"
IMAGE = "local/python:3.11-slim-bookworm"
DEADLINE_SECONDS = 60
makes_images = pytest.mark.skipif(
    not (is_debian() and is_root()), reason="debootstrap needs Debian and root"
)


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    commands = Commands(tmp_path)
    commands.link("bash", "cat", "dirname")
    return commands


def test_an_image_that_is_there_is_named_and_left_alone(commands: Commands) -> None:
    commands.stub("docker")
    result = commands.run(BASE_IMAGE, "3.11")
    assert (result.returncode, result.stdout, result.stderr) == (0, f"{IMAGE}\n", "")
    assert commands.called() == ["docker info", f"docker image inspect {IMAGE}"]


def test_a_python_that_debian_has_not_is_an_error_that_names_the_one_it_has(
    commands: Commands,
) -> None:
    result = commands.run(BASE_IMAGE, "3.12")
    assert result.returncode == 1
    assert "set RUNTIME_VERSION=3.11" in result.stderr


def test_without_an_engine_the_error_names_the_command_that_starts_one(commands: Commands) -> None:
    commands.stub("docker", "exit 1")
    result = commands.run(BASE_IMAGE, "3.11")
    assert result.returncode == 1
    assert "run machine/docker first" in result.stderr


@pytest.mark.skipif(not is_debian(), reason="elsewhere the machine is the first error")
def test_without_root_the_error_says_sudo(commands: Commands) -> None:
    commands.stub("docker", '[ "$1" = info ]')
    commands.stub("id", "echo 1000")
    result = commands.run(BASE_IMAGE, "3.11")
    assert result.returncode == 1
    assert "sudo machine/base_image 3.11" in result.stderr


@pytest.mark.parametrize("arguments", [[], ["3.11", "3.12"], ["-q", "3.11"]])
def test_other_arguments_are_bad_usage(arguments: list[str], commands: Commands) -> None:
    result = commands.run(BASE_IMAGE, *arguments)
    assert result.returncode == 2
    assert "Usage: machine/base_image" in result.stderr


def docker(*words: str) -> str:
    result = subprocess.run(["docker", *words], capture_output=True, text=True, check=True)
    return result.stdout.strip()


def image_id() -> str:
    return docker("image", "inspect", "--format", "{{.Id}}", IMAGE)


def in_container(*command: str) -> str:
    return docker("run", "--rm", "--network=none", IMAGE, *command)


@pytest.fixture(scope="module")
def image() -> str:
    subprocess.run([BASE_IMAGE, "3.11"], check=True)
    return image_id()


@makes_images
@pytest.mark.docker
def test_the_image_has_python_pip_and_venv_as_the_official_one(image: str) -> None:
    assert in_container("python", "--version").startswith("Python 3.11.")
    assert in_container("pip", "--version").endswith("(python 3.11)")
    script = "python -m venv /opt/venv && /opt/venv/bin/pip --version"
    assert "/opt/venv/" in in_container("sh", "-c", script)


@makes_images
@pytest.mark.docker
def test_pip_of_the_image_installs_without_a_virtual_environment(image: str) -> None:
    assert in_container("sh", "-c", "ls /usr/lib/python3*/EXTERNALLY-MANAGED || true") == ""


@makes_images
@pytest.mark.docker
def test_the_image_trusts_what_this_machine_trusts(image: str) -> None:
    script = "import ssl; print(len(ssl.create_default_context().get_ca_certs()))"
    host = subprocess.run(
        ["/usr/bin/python3", "-c", script], capture_output=True, text=True, check=True, env={}
    )
    assert int(in_container("python", "-c", script)) >= int(host.stdout)


@makes_images
@pytest.mark.docker
def test_the_image_holds_no_lists_of_packages_and_nothing_of_this_machine(image: str) -> None:
    script = "ls /var/lib/apt/lists /tmp; find /var/cache/apt -name '*.deb'; cat /etc/hostname"
    lines = in_container("sh", "-c", script).split()
    assert os.uname().nodename not in lines
    assert not any(line.endswith((".deb", "_Packages", "_InRelease")) for line in lines)


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "took too long"
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.05)
            pytest.fail("the run ended before it was interrupted")


@makes_images
@pytest.mark.docker
def test_an_interrupted_run_leaves_nothing_and_the_image_as_it_was(
    image: str, tmp_path: Path
) -> None:
    killed_before = tmp_path / "base_image.killed"
    killed_before.mkdir()
    process = subprocess.Popen(
        [BASE_IMAGE, "-f", "3.11"],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_until(lambda: any(tmp_path.glob("base_image.*/root/debootstrap")), process)
    assert not killed_before.exists()
    os.killpg(process.pid, signal.SIGTERM)
    assert process.communicate(timeout=DEADLINE_SECONDS)[0] == ""
    assert process.returncode != 0
    assert list(tmp_path.iterdir()) == []
    assert str(tmp_path) not in Path("/proc/mounts").read_text()
    assert image_id() == image
