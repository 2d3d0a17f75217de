"""The containers of a local AWS: each carries a label that names its state folder."""

import shutil
import subprocess

from local.state import State

LABEL = "local-aws.state"


def label(state: State) -> str:
    """The label, as ``docker --label`` and ``docker --filter label=`` take it."""
    return f"{LABEL}={state.folder}"


def remove(state: State) -> bool:
    """Remove every container of this local AWS, and no other; false if there was none."""
    found = docker("ps", "--all", "--quiet", "--filter", f"label={label(state)}").split()
    if found:
        docker("rm", "--force", "--volumes", *found)
    return bool(found)


def docker(*arguments: str) -> str:
    """What a docker command prints; nothing where Docker is missing or does not answer."""
    if not shutil.which("docker"):
        return ""
    return subprocess.run(["docker", *arguments], capture_output=True, text=True).stdout
