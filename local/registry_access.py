"""Who may use the registry: it asks for the password that ECR gives out."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

from local import virtual_environment
from local.credentials import REGISTRY_USER, Credentials, write_secret
from local.errors import LocalAwsError
from local.state import ROOT, State


def basic(credentials: Credentials) -> str:
    """User and password as HTTP's basic authentication and Docker write them."""
    pair = f"{REGISTRY_USER}:{credentials.registry_password}"
    return base64.b64encode(pair.encode()).decode()


def write_password_file(state: State, credentials: Credentials) -> Path:
    """Write what the registry checks passwords with, an htpasswd file; its path.

    Raises:
        LocalAwsError: the password cannot be hashed.
    """
    hashed = subprocess.run(
        [str(virtual_environment.PYTHON), "-m", "local.htpasswd"],
        cwd=ROOT,
        input=credentials.registry_password,
        capture_output=True,
        text=True,
    )
    if hashed.returncode:
        raise LocalAwsError(f"the registry's password cannot be hashed:\n{hashed.stderr}")
    file = state.folder / "htpasswd"
    write_secret(file, f"{REGISTRY_USER}:{hashed.stdout}")
    return file


def log_docker_in(state: State, credentials: Credentials) -> Path:
    """Give Docker's client the password, as `docker login` would; its configuration's folder."""
    folder = state.folder / "docker"
    folder.mkdir(exist_ok=True)
    file = folder / "config.json"
    known: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    right = {state.registry: {"auth": basic(credentials)}}
    if known.get("auths") != right:
        write_secret(file, json.dumps({**known, "auths": right}, indent=2) + "\n")
    return folder
