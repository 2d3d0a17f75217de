"""How a program uses the local AWS: the variables that it needs, and where APIs answer."""

import json
import os
from pathlib import Path

from local import registry_access, virtual_environment
from local.credentials import credentials, write_secret
from local.state import State

# By the door; filled in with the stage and the outputs of template.yaml's stack.
API_URLS = {
    "rest": "/restapis/{ApiId}/{stage}/_user_request_{ApiPath}",
    "http": "/restapis/{ApiId}/$default/_user_request_{ApiPath}",
    "url": "/_aws/lambda-url/{ApiId}{ApiPath}",
}


def variables(local: State) -> dict[str, str | None]:
    """List what points the AWS CLI and Docker at it; None for a variable that must not be set.

    Raises:
        LocalAwsError: the local AWS has no credentials.
    """
    own = credentials(local)
    (local.folder / "aws").mkdir(exist_ok=True)
    return {
        "AWS_ENDPOINT_URL": local.endpoint,
        "AWS_ACCESS_KEY_ID": own.key_id,
        "AWS_SECRET_ACCESS_KEY": own.secret,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_PAGER": "",
        "AWS_CONFIG_FILE": str(local.folder / "aws" / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(local.folder / "aws" / "credentials"),
        "AWS_PROFILE": None,
        "AWS_SESSION_TOKEN": None,
        "DOCKER_CONFIG": str(registry_access.log_docker_in(local, own)),
        "NO_PROXY": _with_loopback(os.environ.get("NO_PROXY", "")),
        "no_proxy": _with_loopback(os.environ.get("no_proxy", "")),
        "PATH": os.pathsep.join([_cli(), os.environ["PATH"]]),
    }


def write(local: State) -> Path:
    """Write the file that pipeline/ reads: a JSON object of `variables` and `api_urls`."""
    urls = {door: local.endpoint + url for door, url in API_URLS.items()}
    told = {"variables": variables(local), "api_urls": urls}
    file = local.folder / "use.json"
    write_secret(file, json.dumps(told, indent=2) + "\n")
    return file


def _cli() -> str:
    """The folder of the AWS CLI: that of LOCAL_AWS_CLI, or the environment's own of version 1."""
    return os.environ.get("LOCAL_AWS_CLI") or str(virtual_environment.CLI)


def _with_loopback(hosts: str) -> str:
    """A proxy's exceptions, 127.0.0.1 among them."""
    return ",".join(filter(None, [*hosts.split(","), "127.0.0.1"]))
