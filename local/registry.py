"""The container registry: Debian's docker-registry, or the ``registry:2`` image elsewhere.

Both are the same program, the CNCF Distribution project's, and read the same configuration.
"""

import json
import os
import shutil
import tempfile
import urllib.error
from pathlib import Path

from local import containers
from local.credentials import Credentials
from local.errors import LocalAwsError
from local.loopback import open_url
from local.processes import Daemon, poll
from local.registry_access import write_password_file
from local.state import State
from local.virtual_environment import BUILD, run

UNPACKED = BUILD / "docker-registry"
IMAGE = "registry:2"

CONFIGURATION = """\
version: 0.1
log: {{level: warn}}
storage:
  filesystem: {{rootdirectory: {images}}}
  delete: {{enabled: true}}
  # No cache: what was deleted is gone at once, and the images' folder may be read beside it.
auth:
  htpasswd: {{realm: {realm}, path: {passwords}}}
http:
  addr: {address}
"""
REALM = "the local AWS"


def find() -> str | None:
    """The path of docker-registry; taken from Debian's package if it is not installed.

    The package is unpacked, not installed: installing it would start a service on every address.

    Returns:
        None where Debian's packages cannot be unpacked: then the image is used.
    """
    unpacked = UNPACKED / "usr" / "bin" / "docker-registry"
    installed = shutil.which("docker-registry") or (str(unpacked) if unpacked.exists() else None)
    if installed or not shutil.which("dpkg-deb"):
        return installed
    BUILD.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        _unpack(Path(folder))
    return str(unpacked)


def _unpack(folder: Path) -> None:
    """Download Debian's package into a folder and unpack it to its place at one stroke."""
    if os.geteuid() == 0:
        run(["apt-get", "update", "-qq"])
    # As root, apt-get would download as the user _apt, who may not write here.
    download = ["apt-get", "--option", "APT::Sandbox::User=root", "-qq", "download"]
    run(["env", "--chdir", str(folder), *download, "docker-registry"])
    package = next(folder.glob("docker-registry_*.deb"))
    run(["dpkg-deb", "--extract", str(package), str(folder / "files")])
    shutil.rmtree(UNPACKED, ignore_errors=True)
    (folder / "files").rename(UNPACKED)


def daemon(state: State, program: str = "docker-registry") -> Daemon:
    """The registry as a process."""
    arguments = ["serve", str(state.folder / "registry.yaml")]
    return Daemon("registry", [program], arguments, state.folder / "registry.log")


def start(state: State, credentials: Credentials) -> None:
    """Start the registry on 127.0.0.1 and wait until it asks for the password.

    Raises:
        LocalAwsError: it did not start.
    """
    state.images.mkdir(exist_ok=True)
    passwords = write_password_file(state, credentials)
    program = find()
    if program is None:
        _run_image(state, passwords)
        return
    _configure(state, state.images, state.registry, passwords)
    environ = {"PATH": os.environ["PATH"], "OTEL_TRACES_EXPORTER": "none"}
    daemon(state, program).start(environ, lambda: answers(state))


def stop(state: State) -> bool:
    """Stop the process or the container; false if neither was there."""
    return daemon(state).stop() or containers.remove(state, containers.REGISTRY)


def is_up(state: State) -> bool:
    """Whether the registry of this state folder, and no other, answers on the port."""
    if not daemon(state).pids() and not containers.find(state, containers.REGISTRY):
        return False
    return answers(state)


def answers(state: State) -> bool:
    """Whether a registry answers on the port that asks for a password; none is sent."""
    try:
        open_url(f"http://{state.registry}/v2/", timeout_seconds=2).close()
    except urllib.error.HTTPError as error:
        error.close()
        return error.code == 401
    except OSError:
        pass
    return False


def _configure(state: State, images: Path, address: str, passwords: Path) -> Path:
    """Write the registry's configuration, with paths as the registry sees them; its file."""
    file = state.folder / "registry.yaml"
    places = {"images": json.dumps(str(images)), "passwords": json.dumps(str(passwords))}
    file.write_text(CONFIGURATION.format(address=address, realm=json.dumps(REALM), **places))
    return file


def _run_image(state: State, passwords: Path) -> None:
    """Run the registry as a container that only 127.0.0.1 reaches."""
    images = Path("/var/lib/registry")
    configuration = _configure(state, images, ":5000", Path("/htpasswd"))
    label = containers.label(state)
    command = ["docker", "run", "--detach", "--label", label, "--label", containers.REGISTRY]
    # The user's own, who deletes a tag's files.
    command += ["--user", f"{os.geteuid()}:{os.getegid()}", "--publish", f"{state.registry}:5000"]
    command += _bound(state.images, images)
    command += _bound(passwords, Path("/htpasswd"))
    command += _bound(configuration, Path("/etc/docker/registry/config.yml"))
    run([*command, "--env=OTEL_TRACES_EXPORTER=none", IMAGE])
    if not poll(lambda: answers(state), 60):
        raise LocalAwsError(
            f"the registry did not start: see docker ps --all --filter label={label}"
        )


def _bound(here: Path, there: Path) -> tuple[str, str]:
    return "--mount", f"type=bind,source={here},target={there}"
