"""The parts of a local AWS, in the order in which they start; they stop in the other one."""

import os
import subprocess
import sys
from contextlib import ExitStack

from local import containers, credentials, registry, registry_access, virtual_environment
from local.credentials import Credentials
from local.errors import LocalAwsError
from local.loopback import open_url
from local.processes import Daemon, require_free
from local.state import HEALTH, ROOT, State

# What the control plane needs of the environment; it would take settings from the rest.
INHERITED = ("PATH", "HOME", "LANG", "DOCKER_HOST", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY")


def control_plane(state: State) -> Daemon:
    """The control plane as a process."""
    program = [str(virtual_environment.PYTHON), "-m"]
    arguments = ["local.control_plane", str(state.folder)]
    return Daemon("control plane", program, arguments, state.folder / "control-plane.log")


def is_up(state: State) -> bool:
    """Whether the control plane and the registry of this state folder answer."""
    return state.settings.exists() and _is_control_plane_up(state) and registry.is_up(state)


def answers(state: State) -> bool:
    """Whether a control plane answers on the port."""
    try:
        with open_url(state.endpoint + HEALTH, timeout_seconds=5) as answer:
            return answer.read() == b"up\n"
    except OSError:
        return False


def start(state: State) -> None:
    """Start what does not run; what runs goes on, whether this succeeds or not.

    Raises:
        LocalAwsError: something cannot be started; what was started here is stopped again.
    """
    if not state.settings.exists():
        stop(state)  # what is left of a folder that was deleted
    virtual_environment.make()
    _require_docker()
    emulator = _emulator()
    own = credentials.make(state)
    with ExitStack() as undo:
        if not registry.is_up(state):
            _start_registry(state, own, undo)
        if not _is_control_plane_up(state):
            _start_control_plane(state, emulator, undo)
        undo.pop_all()


def _start_registry(state: State, own: Credentials, undo: ExitStack) -> None:
    registry.stop(state)  # one that hangs
    require_free(state.registry_port, "LOCAL_REGISTRY_PORT")
    undo.callback(registry.stop, state)
    print(f"starting the registry on {state.registry}", flush=True)
    registry.start(state, own)


def _start_control_plane(state: State, emulator: str, undo: ExitStack) -> None:
    _stop_control_plane(state)  # one that hangs, and the containers of one that was killed
    require_free(state.api_port, "LOCAL_AWS_PORT")
    undo.callback(_stop_control_plane, state)
    if state.unsaved.exists():
        print("the control plane was killed: what it did in its last second, and logs, may be lost")
    print(f"starting the control plane on {state.endpoint}", flush=True)
    state.remember()
    control_plane(state).start(_environment(state, emulator), lambda: answers(state))


def stop(state: State) -> bool:
    """Stop what runs, the control plane first: it saves its state; false if nothing ran."""
    stopped = [_stop_control_plane(state), registry.stop(state)]
    return any(stopped)


def _is_control_plane_up(state: State) -> bool:
    return bool(control_plane(state).pids()) and answers(state)


def _stop_control_plane(state: State) -> bool:
    # Without its settings the folder was deleted meanwhile: what would be saved must not come back.
    is_gone = not state.settings.exists()
    stopped = [control_plane(state).stop(is_gone), containers.remove(state, containers.FUNCTION)]
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
        # With the registry's password, for an image that Docker no longer has.
        "DOCKER_CONFIG": str(registry_access.log_docker_in(state, credentials.credentials(state))),
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
