"""The containers of a local AWS: each carries a label that names its state folder."""

import shutil
import subprocess

from local.state import State

LABEL = "local-aws.state"
# What kind of container it is.
FUNCTION, REGISTRY = "local-aws.function", "local-aws.registry"


def label(state: State) -> str:
    """The label, as ``docker --label`` and ``docker --filter label=`` take it."""
    return f"{LABEL}={state.folder}"


def find(state: State, kind: str) -> list[str]:
    """The containers of one kind of this local AWS, running or not."""
    filters = [f"--filter=label={one}" for one in (label(state), kind)]
    return docker("ps", "--all", "--quiet", *filters).split()


def remove(state: State, kind: str) -> bool:
    """Remove the containers of one kind of this local AWS; false if there was none."""
    found = find(state, kind)
    if found:
        docker("rm", "--force", "--volumes", *found)
    return bool(found)


def docker(*arguments: str) -> str:
    """What a docker command prints; nothing where Docker is missing or does not answer."""
    if not shutil.which("docker"):
        return ""
    return subprocess.run(["docker", *arguments], capture_output=True, text=True).stdout
