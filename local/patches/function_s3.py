"""Lambda: a function whose role names S3 reaches the local AWS's S3, and nothing else of it.

The control plane listens on loopback, which is another one in a container. So a socket in the state
folder leads to it, which is mounted where a role wants S3, and `local/relay/inside.py` listens on
the container's own loopback in front of it.
"""

from pathlib import Path
from typing import Any

from docker.types import Mount
from ministack.services import iam, lambda_svc

from local.credentials import credentials
from local.guard.functions import key_of
from local.patches.sandboxes import EMULATOR, starting
from local.relay import outside
from local.state import State

Data = dict[str, Any]
INSIDE = Path(outside.__file__).with_name("inside.py")
# Where the container has them; the relay starts the emulator, in whose place it is.
SOCKET, REAL_EMULATOR = "/run/local-s3", "/usr/local/bin/aws-lambda-rie-itself"


def reachable(state: State) -> None:
    """A function has the credentials of its role, and S3's address, where its role names S3."""
    own, flags = credentials(state), lambda_svc._parse_docker_flags
    socket = outside.serve(state.folder, state.api_port)

    def options_of_container(text: str) -> Data:
        found: Data
        found, name = flags(text), starting()["FunctionName"]
        if not any('"s3:' in policy for policy in policies_of(name)):
            return found
        key = key_of(name, own)
        environment = {
            "AWS_ACCESS_KEY_ID": key.key_id,
            "AWS_SECRET_ACCESS_KEY": key.secret,
            "AWS_SESSION_TOKEN": name,
            "AWS_ENDPOINT_URL_S3": state.endpoint,
            "LOCAL_S3_RELAY": f"{SOCKET} {state.api_port} {REAL_EMULATOR}",
        }
        return {**found, "environment": environment, "mounts": _relayed(found["mounts"], socket)}

    lambda_svc._parse_docker_flags = options_of_container


def _relayed(mounts: list[Mount], socket: Path) -> list[Mount]:
    (emulator,) = (mount["Source"] for mount in mounts if mount["Target"] == EMULATOR)
    others = [mount for mount in mounts if mount["Target"] != EMULATOR]
    return [
        *others,
        Mount(EMULATOR, str(INSIDE), type="bind", read_only=True),
        Mount(REAL_EMULATOR, emulator, type="bind", read_only=True),
        Mount(SOCKET, str(socket), type="bind", read_only=True),
    ]


def policies_of(name: str) -> list[str]:
    """The policies of a function's role, as JSON; none of an unknown function."""
    function = lambda_svc._functions.get(name)
    role = iam._roles.get(function["config"]["Role"].rpartition("/")[2]) if function else None
    return list(role["InlinePolicies"].values()) if role else []
