"""The secrets of a local AWS: made at random on its first start, in a file of its state folder.

The owner of the folder alone can read them, and nothing answers without them but deployed models.
"""

import json
import os
import secrets
import string
from dataclasses import asdict, dataclass
from pathlib import Path

from local.errors import LocalAwsError
from local.state import State

# As AWS's own, 20 upper-case letters and digits, and 40 characters; these name nobody's account.
KEY_ID_LETTERS = string.ascii_uppercase + "234567"
# What ECR's logins are called, here and on AWS.
REGISTRY_USER = "AWS"


@dataclass(frozen=True)
class Credentials:
    """An access key of the control plane, and the password of the registry."""

    key_id: str
    secret: str
    registry_password: str


def credentials(state: State) -> Credentials:
    """The credentials of a local AWS that was started before.

    Raises:
        LocalAwsError: there are none, or somebody else wrote them.
    """
    try:
        with open(_file(state), opener=_open_own) as file:
            return Credentials(**json.load(file))
    except (OSError, ValueError, TypeError) as error:
        raise LocalAwsError(
            f"{_file(state)} holds no credentials: run local/aws stop, delete it, and start again"
        ) from error


def make(state: State) -> Credentials:
    """Make credentials where there are none yet.

    Raises:
        LocalAwsError: what is there cannot be used.
    """
    if not os.path.lexists(_file(state)):
        made = Credentials(
            "LOCAL" + "".join(secrets.choice(KEY_ID_LETTERS) for _ in range(15)),
            secrets.token_urlsafe(30),
            secrets.token_urlsafe(30),
        )
        write_secret(_file(state), json.dumps(asdict(made), indent=2) + "\n")
    return credentials(state)


def write_secret(file: Path, text: str) -> None:
    """Write a file that its owner alone reads; a reader sees all of it or nothing."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)
    draft.replace(file)


def _file(state: State) -> Path:
    return state.folder / "credentials.json"


def _open_own(name: str, flags: int) -> int:
    """Open a file of this user's that is no link, and let nobody else read it any more."""
    descriptor = os.open(name, flags | os.O_NOFOLLOW)
    if os.fstat(descriptor).st_uid != os.geteuid():
        os.close(descriptor)
        raise PermissionError(f"{name} belongs to another user")
    os.fchmod(descriptor, 0o600)
    return descriptor
