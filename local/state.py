"""The state folder: everything that the local AWS remembers. Deleting the folder is the reset."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.errors import LocalAwsError

ROOT = Path(__file__).resolve().parent.parent
API_PORT, REGISTRY_PORT = 4566, 5000
# The path where the control plane says that it is up, to anyone.
HEALTH = "/health"


@dataclass(frozen=True)
class State:
    """One local AWS: its folder and the two ports of 127.0.0.1 that it listens on."""

    folder: Path
    api_port: int
    registry_port: int

    @property
    def endpoint(self) -> str:
        """The URL of every AWS service."""
        return f"http://127.0.0.1:{self.api_port}"

    @property
    def registry(self) -> str:
        """The registry's host and port: what a repository's URI begins with."""
        return f"127.0.0.1:{self.registry_port}"

    @property
    def images(self) -> Path:
        """Where the registry keeps its images."""
        return self.folder / "registry"

    @property
    def settings(self) -> Path:
        """The file with the ports; a folder without it is new, or was deleted."""
        return self.folder / "settings.json"

    @property
    def unsaved(self) -> Path:
        """The file that is there while the control plane runs, and after it was killed."""
        return self.folder / "unsaved"

    def remember(self) -> None:
        """Write the ports down, so that later commands need to know the folder only."""
        ports = {"api_port": self.api_port, "registry_port": self.registry_port}
        draft = self.folder / "settings.json.new"
        draft.write_text(json.dumps(ports, indent=2) + "\n")
        draft.replace(self.settings)


def read(environ: Mapping[str, str]) -> State:
    """The local AWS that the environment names.

    Raises:
        LocalAwsError: a port that is no port, or another one than the folder's.
    """
    folder = Path(environ.get("LOCAL_AWS_STATE") or ROOT / ".local").expanduser().resolve()
    settings = folder / "settings.json"
    known: dict[str, int] = json.loads(settings.read_text()) if settings.exists() else {}
    return State(
        folder,
        _port(environ, "LOCAL_AWS_PORT", known.get("api_port"), API_PORT),
        _port(environ, "LOCAL_REGISTRY_PORT", known.get("registry_port"), REGISTRY_PORT),
    )


def _port(environ: Mapping[str, str], variable: str, known: int | None, default: int) -> int:
    text = environ.get(variable) or str(known or default)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise LocalAwsError(f"{variable} must be a port, 1 to 65535, got {text!r}")
    if known and int(text) != known:
        # The URIs of the images that were deployed hold the port.
        raise LocalAwsError(
            f"{variable} is {text}, but this state folder was made with port {known}: "
            f"unset {variable}, or choose another folder with LOCAL_AWS_STATE"
        )
    return int(text)


@contextmanager
def locked(state: State) -> Iterator[None]:
    """Let one command at a time start or stop a local AWS.

    Raises:
        LocalAwsError: the folder belongs to another user.
    """
    state.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _keep_others_out(state.folder)
    descriptor = os.open(state.folder / "lock", os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _keep_others_out(folder: Path) -> None:
    """Let the user alone into the folder: what is in it is secret, and is trusted."""
    status = folder.stat()
    if status.st_uid != os.geteuid():
        raise LocalAwsError(
            f"{folder} belongs to another user: choose a folder of your own with LOCAL_AWS_STATE"
        )
    if status.st_mode & 0o077:
        folder.chmod(0o700)
