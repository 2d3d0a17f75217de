"""The command line: ``local/aws start|stop|status|env``."""

import argparse
import os
import shlex
import sys
from contextlib import nullcontext
from datetime import datetime

from local import containers, services, state, virtual_environment
from local.errors import LocalAwsError
from local.state import State

NOT_UP = 3
DESCRIPTION = "A local AWS: ECR, S3, CloudFormation, Lambda, API Gateway on this machine."
SETTINGS = """\
settings, from the environment:
  LOCAL_AWS_STATE      its folder (default: .local in the repository); deleting it is the reset
  LOCAL_AWS_PORT       the port of its API on 127.0.0.1 (default: 4566)
  LOCAL_REGISTRY_PORT  the port of its registry on 127.0.0.1 (default: 5000)
A folder remembers its ports. `status` exits with 0 when it is up and with 3 when it is not.
"""


def main() -> int:
    """Run one command; the exit code."""
    commands = {"start": start, "stop": stop, "status": status, "env": env}
    parser = argparse.ArgumentParser(
        "local/aws",
        description=DESCRIPTION,
        epilog=SETTINGS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "command", choices=commands, help="start it, stop it, tell what runs, print exports to eval"
    )
    command = commands[parser.parse_args().command]
    try:
        return command(state.read(os.environ))
    except LocalAwsError as error:
        print(f"local/aws: {error}", file=sys.stderr)
        return 1


def start(local: State) -> int:
    """Start it, unless it is up."""
    if not services.is_up(local):
        with state.locked(local):
            if not services.is_up(local):
                services.start(local)
    command = shlex.join([str(state.ROOT / "local" / "aws"), "env"])
    print(f'the local AWS is up at {local.endpoint}; to use it: eval "$({command})"')
    return 0


def stop(local: State) -> int:
    """Stop it; its state stays in the folder."""
    with state.locked(local) if local.folder.exists() else nullcontext():
        ran = services.stop(local)
    print(f"stopped; its state is in {local.folder}" if ran else "the local AWS is not up")
    return 0


def status(local: State) -> int:
    """Tell what runs, where, and since when."""
    up = services.is_up(local)
    print(f"local AWS      {'up' if up else 'not up: local/aws start'}")
    print(f"state folder   {local.folder}")
    if up:
        began = datetime.fromtimestamp(local.settings.stat().st_mtime)
        version = containers.docker("version", "--format", "{{.Server.Version}}").strip()
        print(f"API            {local.endpoint}, since {began:%Y-%m-%d %H:%M:%S}")
        print(f"registry       {local.registry}")
        print(f"Docker engine  {version or 'does not answer: run tools/engine'}")
    return 0 if up else NOT_UP


def env(local: State) -> int:
    """Print what a shell evaluates to point the AWS CLI and Docker at it."""
    if not services.is_up(local):
        print("false")  # so that `eval` fails too, and nothing reaches a real account by mistake
        raise LocalAwsError("the local AWS is not up: run local/aws start")
    for folder in ("aws", "docker"):
        (local.folder / folder).mkdir(exist_ok=True)
    variables = {
        "AWS_ENDPOINT_URL": local.endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_PAGER": "",
        "AWS_CONFIG_FILE": str(local.folder / "aws" / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(local.folder / "aws" / "credentials"),
        "DOCKER_CONFIG": str(local.folder / "docker"),
        "NO_PROXY": _with_loopback(os.environ.get("NO_PROXY", "")),
        "no_proxy": _with_loopback(os.environ.get("no_proxy", "")),
        "PATH": f"{virtual_environment.CLI}{os.pathsep}{os.environ['PATH']}",
    }
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}")
    others = sorted(
        name for name in os.environ if name.startswith("AWS_") and name not in variables
    )
    print(shlex.join(["unset", "AWS_PROFILE", "AWS_SESSION_TOKEN", *others]))
    return 0


def _with_loopback(hosts: str) -> str:
    """A proxy's exceptions, 127.0.0.1 among them."""
    return ",".join(filter(None, [*hosts.split(","), "127.0.0.1"]))


if __name__ == "__main__":
    sys.exit(main())
