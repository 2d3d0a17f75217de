import os
import subprocess
from pathlib import Path

import pytest

from tests.commands import REPOSITORY, Commands, is_debian

DOCKER = REPOSITORY / "machine" / "docker"
ANSWERS_WHEN_UP = '[ -e "$UP" ] || { echo "Cannot connect to the Docker daemon"; exit 1; }'


class Machine:
    """A machine that has only what a test gives it."""

    def __init__(self, folder: Path, user_id: int = 0) -> None:
        self.folder = folder
        self.commands = Commands(folder)
        self.commands.link(
            *("bash", "cat", "flock", "rm", "setsid", "sh", "sleep", "tail", "touch", "uname")
        )
        self.commands.stub("id", f"echo {user_id}")

    @property
    def variables(self) -> dict[str, str]:
        return {
            "DOCKERD_LOG": str(self.folder / "dockerd.log"),
            "DOCKERD_PID_FILE": str(self.folder / "dockerd.pid"),
            "UP": str(self.folder / "up"),
        }

    def start_docker(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self.commands.run(DOCKER, *arguments, **{**self.variables, **more})

    def starts(self) -> int:
        return sum(call.startswith("dockerd") for call in self.commands.called())


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_an_engine_that_answers_is_left_alone(machine: Machine) -> None:
    machine.commands.stub("docker")
    result = machine.start_docker()
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert machine.commands.called() == ["docker info"]


def test_an_installed_daemon_is_started_and_the_user_is_told(machine: Machine) -> None:
    machine.commands.stub("docker", ANSWERS_WHEN_UP)
    machine.commands.stub("dockerd", 'touch "$UP"; sleep 0.1')
    result = machine.start_docker()
    assert result.returncode == 0, result.stderr
    assert machine.starts() == 1
    assert "setsid dockerd" in result.stderr
    assert "the Docker daemon is up" in result.stderr


def test_two_at_once_start_one_daemon(machine: Machine) -> None:
    machine.commands.stub("docker", ANSWERS_WHEN_UP)
    machine.commands.stub("dockerd", 'sleep 0.5; touch "$UP"')
    both = [machine.commands.start(DOCKER, **machine.variables) for _ in range(2)]
    for process in both:
        _, stderr = process.communicate(timeout=60)
        assert process.returncode == 0, stderr
    assert machine.starts() == 1


def test_an_engine_that_is_on_its_way_is_waited_for(machine: Machine) -> None:
    machine.commands.stub("docker", ANSWERS_WHEN_UP)
    machine.commands.stub("dockerd", "exit 1")
    script = 'echo $$ >"$DOCKERD_PID_FILE"; sleep 0.5; touch "$UP"; cat'
    starting = subprocess.Popen(
        ["sh", "-c", script, "dockerd"],
        env={"PATH": "/usr/bin:/bin", **machine.variables},
        stdin=-1,
    )
    try:
        while not (machine.folder / "dockerd.pid").exists():
            assert starting.poll() is None
        result = machine.start_docker()
    finally:
        starting.communicate(timeout=60)
    assert result.returncode == 0, result.stderr
    assert machine.starts() == 0


def test_the_number_of_a_killed_daemon_is_not_taken_for_a_running_one(machine: Machine) -> None:
    machine.commands.stub("docker", ANSWERS_WHEN_UP)
    machine.commands.stub("dockerd", 'touch "$UP"')
    (machine.folder / "dockerd.pid").write_text(f"{os.getpid()}\n")
    result = machine.start_docker()
    assert result.returncode == 0, result.stderr
    assert machine.starts() == 1


def test_an_engine_that_dies_shows_the_end_of_its_log(machine: Machine) -> None:
    machine.commands.stub("docker", ANSWERS_WHEN_UP)
    machine.commands.stub("dockerd", "echo failed to find iptables; exit 1")
    result = machine.start_docker()
    assert result.returncode == 1
    assert "failed to find iptables" in result.stderr
    assert f"all of them in {machine.folder / 'dockerd.log'}" in result.stderr


def test_an_engine_that_never_answers_is_an_error_after_the_deadline(machine: Machine) -> None:
    machine.commands.stub("docker", ANSWERS_WHEN_UP)
    # It lives until the test takes its marker away.
    machine.commands.stub("dockerd", 'while [ -e "$UP.not" ]; do sleep 0.1; done')
    (machine.folder / "up.not").touch()
    result = machine.start_docker(DOCKERD_DEADLINE_SECONDS="1")
    (machine.folder / "up.not").unlink()
    assert result.returncode == 1
    assert "no answer from the Docker daemon in 1 s" in result.stderr


@pytest.mark.skipif(not is_debian(), reason="apt is on Debian and Ubuntu")
def test_root_on_debian_without_an_engine_gets_one_from_apt(machine: Machine) -> None:
    bin_folder = machine.commands.folder
    # The first install fails, as it does before the lists of packages are there.
    machine.commands.stub(
        "apt-get",
        f"""case "$1" in
          update) touch "$UP.lists" ;;
          install)
            [ -e "$UP.lists" ] || exit 100
            printf '#!/bin/sh\\n[ -e "$UP" ]' >"{bin_folder}/docker"
            printf '#!/bin/sh\\ntouch "$UP"; sleep 0.1' >"{bin_folder}/dockerd"
            chmod +x "{bin_folder}/docker" "{bin_folder}/dockerd" ;;
        esac""",
    )
    machine.commands.link("chmod")
    result = machine.start_docker()
    assert result.returncode == 0, result.stderr
    assert "Docker is not on this machine: installing docker.io with apt" in result.stderr
    install = "apt-get install -q -y --no-install-recommends docker.io iptables ca-certificates"
    calls = [call for call in machine.commands.called() if call.startswith("apt-get")]
    assert calls == [install, "apt-get update -q", install]


@pytest.mark.skipif(not is_debian(), reason="apt is on Debian and Ubuntu")
def test_an_installation_that_fails_is_an_error_and_starts_nothing(machine: Machine) -> None:
    machine.commands.stub("apt-get", "echo no space left on device; exit 100")
    result = machine.start_docker()
    assert result.returncode == 1
    assert "no space left on device" in result.stderr
    assert "apt could not install docker.io" in result.stderr


def test_a_user_without_docker_is_told_how_to_install_it(tmp_path: Path) -> None:
    machine = Machine(tmp_path, user_id=1000)
    machine.commands.stub("apt-get")
    result = machine.start_docker()
    assert result.returncode == 1
    assert "Docker is missing: " in result.stderr
    assert not any(call.startswith("apt-get") for call in machine.commands.called())


def test_a_user_whose_daemon_is_stopped_is_told_how_to_start_it(tmp_path: Path) -> None:
    machine = Machine(tmp_path, user_id=1000)
    machine.commands.stub("docker", ANSWERS_WHEN_UP)
    result = machine.start_docker()
    assert result.returncode == 1
    assert "sudo systemctl start docker" in result.stderr


def test_a_user_who_may_not_use_the_engine_is_told_the_group(tmp_path: Path) -> None:
    machine = Machine(tmp_path, user_id=1000)
    machine.commands.stub("docker", "echo permission denied; exit 1")
    result = machine.start_docker()
    assert result.returncode == 1
    assert "usermod -aG docker" in result.stderr


def test_an_engine_elsewhere_that_does_not_answer_is_never_replaced(machine: Machine) -> None:
    machine.commands.stub("docker", ANSWERS_WHEN_UP)
    machine.commands.stub("dockerd")
    result = machine.start_docker(DOCKER_HOST="tcp://192.0.2.1:2376")
    assert result.returncode == 1
    assert "DOCKER_HOST=tcp://192.0.2.1:2376" in result.stderr
    assert machine.starts() == 0


def test_an_unknown_argument_is_bad_usage(machine: Machine) -> None:
    result = machine.start_docker("--now")
    assert result.returncode == 2
    assert result.stderr.startswith("Usage: machine/docker")


def test_help_is_printed_on_stdout(machine: Machine) -> None:
    result = machine.start_docker("-h")
    assert (result.returncode, result.stderr) == (0, "")
    assert "DOCKERD_DEADLINE_SECONDS" in result.stdout
