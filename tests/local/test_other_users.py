"""What another user of the machine can do to a local AWS: call deployed models, no more."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.commands import is_root
from tests.local.attack import FUNCTIONS, functions, send, zip_function
from tests.local.instance import Instance

pytestmark = pytest.mark.docker
ECS = {"X-Amz-Target": "AmazonEC2ContainerServiceV20141113.RunTask"}
# The system's own, that any user may run.
PYTHON = "/usr/bin/python3"
NOBODY = 65534
as_root = pytest.mark.skipif(not is_root(), reason="root alone can be another user")


def test_a_program_without_credentials_gets_nothing(instance: Instance) -> None:
    for method, path, headers in (
        ("POST", FUNCTIONS, {"Content-Type": "text/plain"}),
        ("GET", FUNCTIONS + "/", {}),
        ("POST", "/", ECS),
        ("GET", "/", {}),
        ("POST", "/_ministack/reset", {}),
        ("PUT", "/_ministack/cfn-response/any", {}),
        ("POST", "/_ministack/rds/iam-auth", {}),
        ("GET", "/v2/_catalog", {}),
        ("GET", "/iceberg/v1/config", {}),
    ):
        status, body = send(instance.api_port, method, path, zip_function("any"), headers)
        assert (status, b"not signed" in body) == (403, True), path
    assert "any" not in functions(instance)


def test_the_registry_gives_and_takes_nothing_without_the_password(
    instance: Instance, pushed: dict[str, str]
) -> None:
    manifests = "/v2/probe/manifests/first"
    assert send(instance.registry_port, "GET", "/v2/_catalog")[0] == 401
    assert send(instance.registry_port, "GET", manifests)[0] == 401
    assert send(instance.registry_port, "DELETE", manifests)[0] == 401
    assert send(instance.registry_port, "POST", "/v2/probe/blobs/uploads/")[0] == 401
    right = send(instance.registry_port, "GET", "/v2/_catalog", headers=instance.authorization())
    assert right[0] == 200


def as_nobody(*command: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run a command as the user `nobody`."""
    return subprocess.run(
        command,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
        cwd="/",
        env={"PATH": "/usr/bin:/bin"},
        input=stdin,
        capture_output=True,
    )


@as_root
def test_another_user_cannot_make_a_function(instance: Instance) -> None:
    script = (
        "import sys, urllib.request, urllib.error\n"
        "try: urllib.request.urlopen(sys.argv[1], sys.stdin.buffer.read())\n"
        "except urllib.error.HTTPError as error: print(error.code, error.read().decode())\n"
    )
    url = instance.endpoint + FUNCTIONS
    asked = as_nobody(PYTHON, "-c", script, url, stdin=zip_function("nobody"))
    assert b"403" in asked.stdout and b"not signed" in asked.stdout, asked.stderr
    assert "nobody" not in functions(instance)


def secrets(instance: Instance) -> list[bytes]:
    """What nobody else may see."""
    made: dict[str, str] = json.loads((instance.folder / "credentials.json").read_text())
    return [value.encode() for value in made.values()]


@as_root
def test_another_user_cannot_look_into_the_state_folder(instance: Instance) -> None:
    assert instance.folder.stat().st_mode & 0o777 == 0o700
    looked = as_nobody("ls", str(instance.folder))
    assert looked.returncode != 0 and looked.stdout == b""


def test_files_with_secrets_are_closed_even_in_an_open_folder(instance: Instance) -> None:
    instance.local_aws("file")  # it writes one of them
    files = [file for file in instance.folder.rglob("*") if file.is_file()]
    found = {
        file.relative_to(instance.folder).as_posix(): file.stat().st_mode & 0o077
        for file in files
        if any(secret in file.read_bytes() for secret in secrets(instance))
    }
    assert found == {"credentials.json": 0, "use.json": 0}
    assert (instance.folder / "docker" / "config.json").stat().st_mode & 0o077 == 0
    assert (instance.folder / "htpasswd").stat().st_mode & 0o077 == 0


@as_root
def test_another_user_sees_no_secret_in_the_list_of_processes(instance: Instance) -> None:
    script = "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null; true"
    seen = as_nobody("sh", "-c", script).stdout
    assert b"local.control_plane" in seen  # commands can be seen: that nothing is there, counts
    assert not any(secret in seen for secret in secrets(instance))


@as_root
def test_a_program_of_another_user_is_not_taken_for_the_control_plane(tmp_path: Path) -> None:
    local = Instance(tmp_path / "state")
    command = [PYTHON, "-c", "import time; print(flush=True); time.sleep(600)"]
    command += ["local.control_plane", str(local.folder)]
    nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
    with subprocess.Popen(command, stdout=subprocess.PIPE, **nobody) as impostor:  # type: ignore[call-overload]
        assert impostor.stdout.readline()
        assert "is not up" in local.local_aws("stop").stdout
        assert impostor.poll() is None
        impostor.kill()


@as_root
def test_a_state_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    local = Instance(tmp_path / "state")
    local.folder.mkdir()
    os.chown(local.folder, NOBODY, NOBODY)
    refused = local.local_aws("start")
    assert refused.returncode == 1
    assert "belongs to another user" in refused.stderr
    assert list(local.folder.iterdir()) == []


def test_an_open_state_folder_is_closed_and_what_was_put_there_is_not_trusted(
    tmp_path: Path,
) -> None:
    local = Instance(tmp_path / "state")
    local.folder.mkdir(mode=0o755)
    planted = tmp_path / "planted.json"
    planted.write_text('{"key_id": "known", "secret": "known", "registry_password": "known"}')
    (local.folder / "credentials.json").symlink_to(planted)
    refused = local.local_aws("start")
    assert refused.returncode == 1
    assert "holds no credentials" in refused.stderr
    assert local.folder.stat().st_mode & 0o777 == 0o700
