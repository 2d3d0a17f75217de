"""The command line: ``local/aws start|stop|status|env|file``."""

import argparse
import os
import shlex
import sys
from contextlib import nullcontext, redirect_stdout
from datetime import datetime

from local import containers, services, state, use
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
    commands = {"start": start, "stop": stop, "status": status, "env": env, "file": file}
    parser = argparse.ArgumentParser(
        "local/aws",
        description=DESCRIPTION,
        epilog=SETTINGS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "command",
        choices=commands,
        help="start it, stop it, tell what runs, print exports to eval; `file` starts it and prints"
        " the file that tells a program how to use it",
    )
    command = commands[parser.parse_args().command]
    try:
        return command(state.read(os.environ))
    except LocalAwsError as error:
        print(f"local/aws: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("local/aws: interrupted; the same command goes on from here", file=sys.stderr)
        return 130


def start(local: State) -> int:
    """Start it, unless it is up."""
    _start(local)
    command = shlex.join([str(state.ROOT / "local" / "aws"), "env"])
    print(f'the local AWS is up at {local.endpoint}; to use it: eval "$({command})"')
    return 0


def file(local: State) -> int:
    """Start it, unless it is up, and print the file that tells a program how to use it."""
    with redirect_stdout(sys.stderr):
        _start(local)
    print(use.write(local))
    return 0


def _start(local: State) -> None:
    if not services.is_up(local):
        with state.locked(local):
            if not services.is_up(local):
                services.start(local)


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
        print(f"Docker daemon  {version or 'does not answer: run machine/docker'}")
    return 0 if up else NOT_UP


def env(local: State) -> int:
    """Print what a shell evaluates to point the AWS CLI and Docker at it."""
    if not services.is_up(local):
        print("false")  # so that `eval` fails too, and nothing reaches a real account by mistake
        raise LocalAwsError("the local AWS is not up: run local/aws start")
    variables = use.variables(local)
    for name, value in variables.items():
        print(f"export {name}={shlex.quote(value)}" if value is not None else f"unset {name}")
    others = [name for name in os.environ if name.startswith("AWS_") and name not in variables]
    if others:
        print(shlex.join(["unset", *sorted(others)]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
