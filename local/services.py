"""The parts of a local AWS, in the order in which they start; they stop in the other one."""

import json
import os
import subprocess
import sys
import urllib.error
import urllib.request

from local import containers, registry, virtual_environment
from local.errors import LocalAwsError
from local.processes import Daemon, require_free
from local.state import ROOT, State

HEALTH = "/_ministack/health"
# What the control plane needs of the environment; it would take settings from the rest.
INHERITED = ("PATH", "HOME", "LANG", "DOCKER_HOST", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY")


def control_plane(state: State) -> Daemon:
    """The control plane as a process."""
    program = [str(virtual_environment.PYTHON), "-m"]
    arguments = ["local.control_plane", str(state.folder)]
    return Daemon("control plane", program, arguments, state.folder / "control-plane.log")


def is_up(state: State) -> bool:
    """Whether the control plane and the registry of this state folder answer."""
    owned = state.settings.exists() and control_plane(state).pids()
    return bool(owned) and answers(state) and registry.answers(state)


def answers(state: State) -> bool:
    """Whether a control plane answers on the port."""
    try:
        with urllib.request.urlopen(state.endpoint + HEALTH, timeout=5) as answer:
            return "services" in json.load(answer)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def start(state: State) -> None:
    """Start what does not run.

    Raises:
        LocalAwsError: something cannot be started; nothing is left half started.
    """
    stop(state)  # what is left of a start that was interrupted, or of a folder that was deleted
    require_free(state.api_port, "LOCAL_AWS_PORT")
    require_free(state.registry_port, "LOCAL_REGISTRY_PORT")
    virtual_environment.make()
    _require_docker()
    emulator = _emulator()
    state.remember()
    if state.unsaved.exists():
        print("the control plane was killed: what it did in its last second, and logs, may be lost")
    try:
        _start_daemons(state, emulator)
    except LocalAwsError:
        stop(state)
        raise


def _start_daemons(state: State, emulator: str) -> None:
    print(f"starting the registry on {state.registry}", flush=True)
    registry.start(state)
    print(f"starting the control plane on {state.endpoint}", flush=True)
    control_plane(state).start(_environment(state, emulator), lambda: answers(state))


def stop(state: State) -> bool:
    """Stop what runs, the control plane first: it saves its state; false if nothing ran."""
    # Without its settings the folder was deleted meanwhile: what would be saved must not come back.
    is_gone = not state.settings.exists()
    stopped = [control_plane(state).stop(is_gone), containers.remove(state), registry.stop(state)]
    return any(stopped)


def _environment(state: State, emulator: str) -> dict[str, str]:
    """The settings of ministack; the user's own variables and credentials are not among them."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    temporary = state.folder / "tmp"
    temporary.mkdir(exist_ok=True)
    return {
        **inherited,
        "PYTHONPATH": str(ROOT),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(state.api_port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state.folder / "services"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state.folder / "s3"),
        "TMPDIR": str(temporary),
        "LOCAL_AWS_RIE": emulator,
    }


def _require_docker() -> None:
    """Have a Docker daemon that answers."""
    virtual_environment.run([str(ROOT / "machine" / "docker")])


def _emulator() -> str:
    """The path of the Runtime Interface Emulator."""
    command = [sys.executable, str(ROOT / "pipeline"), "emulator"]
    found = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if found.returncode:
        raise LocalAwsError("the Runtime Interface Emulator is missing: see the lines above")
    return found.stdout.strip()
