"""Starting, stopping and losing a local AWS."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.processes import poll, require_free
from tests.local.function_stack import FunctionStack, says
from tests.local.instance import REPOSITORY, Instance

pytestmark = pytest.mark.docker


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Instance]:
    """A local AWS that is not up yet."""
    local = Instance(tmp_path / "own state")
    yield local
    local.remove()


def pids(instance: Instance) -> dict[str, int]:
    """The processes that name the state folder: `registry`, `control_plane`."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_text().rstrip("\0").split("\0")
        except OSError:
            continue
        if command[-1].startswith(str(instance.folder)):
            name = "registry" if command[-1].endswith(".yaml") else "control_plane"
            found[name] = int(folder.name)
    return found


def listeners(pid: int) -> set[str]:
    """The addresses that a process listens on, as the kernel writes them in hexadecimal."""
    sockets = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        if descriptor.is_symlink():
            sockets.add(os.readlink(descriptor).removeprefix("socket:[").rstrip("]"))
    addresses = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in sockets:
                addresses.add(fields[1].split(":")[0])
    return addresses


def test_stop_and_start_keep_stacks_and_urls(instance: Instance, function: FunctionStack) -> None:
    url = function.url()
    assert says(url) == "first"
    assert instance.local_aws("stop").returncode == 0
    assert function.containers() == [] and pids(instance) == {}
    assert instance.local_aws("status").returncode == 3
    instance.start()
    assert instance.local_aws("status").returncode == 0
    assert (function.url(), function.status(), says(url)) == (url, "CREATE_COMPLETE", "first")


def test_save_after_writes_outlives_a_killed_control_plane(
    instance: Instance, function: FunctionStack, pushed: dict[str, str]
) -> None:
    assert says(function.url()) == "first"
    saved = instance.folder / "services" / "lambda.json"
    function.deploy(pushed["second"])
    assert poll(lambda: pushed["second"] in saved.read_text(), patience_seconds=10)
    os.kill(pids(instance)["control_plane"], signal.SIGKILL)
    started = instance.local_aws("start")
    assert "the control plane was killed" in started.stdout
    assert says(function.url()) == "second"


def test_a_killed_registry_is_started_again(instance: Instance, pushed: dict[str, str]) -> None:
    os.kill(pids(instance)["registry"], signal.SIGKILL)
    assert poll(lambda: instance.local_aws("status").returncode == 3, patience_seconds=10)
    instance.start()
    images = instance.aws("ecr", "list-images", "--repository-name", "probe")["imageIds"]
    assert {"first", "second"} <= {one.get("imageTag") for one in images}


def test_a_start_that_fails_ends_nothing_that_ran(own: Instance) -> None:
    own.start()
    before = pids(own)
    os.kill(before["control_plane"], signal.SIGKILL)
    require_free(own.api_port, "LOCAL_AWS_PORT")  # it is, as soon as the process is gone
    with socket.create_server(("127.0.0.1", own.api_port)):
        assert own.local_aws("start").returncode == 1
    assert pids(own) == {"registry": before["registry"]}
    own.start()
    before = pids(own)
    os.kill(before["registry"], signal.SIGKILL)
    assert poll(lambda: "registry" not in pids(own), patience_seconds=10)
    refused = own.local_aws("start", DOCKER_HOST="tcp://127.0.0.1:9")
    assert refused.returncode == 1 and "DOCKER_HOST" in refused.stderr
    assert pids(own) == {"control_plane": before["control_plane"]}


def test_a_users_proxy_is_not_asked_for_what_runs_here(instance: Instance) -> None:
    before = pids(instance)
    nobodys = "http://127.0.0.1:9"
    proxy = {name: nobodys for name in ("http_proxy", "HTTP_PROXY", "all_proxy")}
    assert instance.local_aws("status", **proxy, no_proxy="", NO_PROXY="").returncode == 0
    assert instance.local_aws("start", **proxy, no_proxy="", NO_PROXY="").returncode == 0
    assert pids(instance) == before


def test_only_loopback_is_listened_on(instance: Instance) -> None:
    addresses = [listeners(pid) for pid in pids(instance).values()]
    assert addresses == [{"0100007F"}, {"0100007F"}]


@pytest.mark.timing
def test_starting_what_is_up_takes_no_time(instance: Instance) -> None:
    before, began = pids(instance), time.monotonic()
    instance.start()
    assert time.monotonic() - began < 1
    assert pids(instance) == before


@pytest.mark.parametrize("variable", ["LOCAL_AWS_PORT", "LOCAL_REGISTRY_PORT"])
def test_a_taken_port_is_named_and_nothing_is_started(own: Instance, variable: str) -> None:
    with socket.create_server(("127.0.0.1", int(own.settings[variable]))):
        refused = own.local_aws("start")
    assert refused.returncode == 1
    assert own.settings[variable] in refused.stderr and f"{variable}=" in refused.stderr
    assert pids(own) == {}


def test_two_starts_at_once_start_one(own: Instance) -> None:
    command = [str(REPOSITORY / "local" / "aws"), "start"]
    both = [subprocess.Popen(command, env=own.settings, stdout=subprocess.PIPE) for _ in range(2)]
    outputs = [one.communicate()[0] for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sum(b"starting the registry" in output for output in outputs) == 1


def test_two_clones_do_not_touch_each_other(instance: Instance, own: Instance) -> None:
    before = pids(instance)
    own.start()
    assert own.aws("cloudformation", "list-stacks")["StackSummaries"] == []
    own.local_aws("stop")
    assert pids(instance) == before and instance.local_aws("status").returncode == 0


def test_a_deleted_folder_is_the_reset_even_while_it_runs(own: Instance) -> None:
    own.start()
    own.aws("s3", "mb", "s3://forgotten")
    shutil.rmtree(own.folder)
    own.start()
    assert own.aws("s3api", "list-buckets")["Buckets"] == []
    shutil.rmtree(own.folder)
    assert own.local_aws("stop").returncode == 0
    assert pids(own) == {}


def test_a_folder_remembers_its_ports(own: Instance) -> None:
    own.start()
    known = {"LOCAL_AWS_PORT": "", "LOCAL_REGISTRY_PORT": ""}
    assert own.endpoint in own.local_aws("status", **known).stdout
    refused = own.local_aws("start", LOCAL_AWS_PORT="1")
    assert refused.returncode == 1 and "unset LOCAL_AWS_PORT" in refused.stderr


def test_env_needs_one_that_is_up(own: Instance) -> None:
    refused = own.local_aws("env")
    assert refused.returncode == 1 and "local/aws start" in refused.stderr
    assert not own.folder.exists()


def test_what_lies_in_the_current_folder_is_not_run(own: Instance, tmp_path: Path) -> None:
    (tmp_path / "local").mkdir()
    for name in ("local/__init__.py", "local/__main__.py", "argparse.py", "runpy.py"):
        (tmp_path / name).write_text("raise SystemExit('this is of the current folder')\n")
    command = [str(REPOSITORY / "local" / "aws"), "status"]
    environ = {**own.settings, "PYTHONPATH": str(tmp_path)}
    ran = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (3, "")


def test_an_unknown_command_is_a_usage_error(own: Instance) -> None:
    assert own.local_aws("restart").returncode == 2


def test_a_users_proxy_is_not_asked_for_the_local_aws(instance: Instance) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        exports = instance.local_aws("env", **{name: "intranet"}).stdout
        assert f"export {name}=intranet,127.0.0.1\n" in exports
