"""Runs an image as Lambda would, sends it the model's example and checks the answer.

    python3 tools/image_check.py IMAGE example.json RIE

As on Lambda: a read-only file system but `/tmp`, an unprivileged user, no `/dev/shm`, the
function's memory and time-out. There is no network unless `NETWORK=yes`. The settings come from the
environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from containers import docker, label, remove_leftovers
from example import Example, ExampleError, read_example
from settings import SettingsError, settings
from stopping import exit_at_signals, signals_wait

MAX_IMAGE_BYTES = 10 * 1024**3
MAX_INIT_SECONDS = 10
PLATFORMS = {"x86_64": "amd64", "arm64": "arm64"}
# Runs inside the container, where the emulator listens on the loopback interface alone.
POST = """
import sys, time, urllib.error, urllib.request
url = "http://127.0.0.1:8080/2015-03-31/functions/function/invocations"
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
deadline, event = time.monotonic() + float(sys.argv[1]), sys.stdin.buffer.read()
while True:
    try:
        with opener.open(url, event, timeout=float(sys.argv[1])) as answer:
            sys.stdout.buffer.write(answer.read())
        break
    except urllib.error.HTTPError as error:
        sys.exit(error.read().decode(errors="replace"))
    except urllib.error.URLError as error:
        if not isinstance(error.reason, ConnectionRefusedError) or time.monotonic() > deadline:
            sys.exit(str(error))
        time.sleep(0.05)
"""


class ImageError(Exception):
    """An image that Lambda would refuse or that does not answer its example."""


def check_image(image: str, example: Example, rie: Path, values: Mapping[str, str]) -> float:
    """Sends the example to a new container of the image.

    Args:
        image: an image that the engine has.
        example: the request and its expected answer.
        rie: the Runtime Interface Emulator for the image's architecture.
        values: the model's settings.

    Returns:
        the milliseconds until the first answer, initialisation included.

    Raises:
        ImageError: too big, for another architecture, or it does not run.
        ExampleError: it answers something else.
    """
    _check_metadata(image, values["ARCHITECTURE"])
    with _container(image, rie, values) as name:
        started = time.monotonic()
        try:
            answer = _invoke(name, event(example, values["API_PATH"]), int(values["TIMEOUT"]))
            example.check(*_status_and_body(answer))
        except (ImageError, ExampleError):
            _show_log(name)
            raise
        return (time.monotonic() - started) * 1000


def _check_metadata(image: str, architecture: str) -> None:
    shown = docker("image", "inspect", image, "--format", "{{.Architecture}} {{.Size}}")
    built_for, size_bytes = shown.stdout.split()
    if built_for != PLATFORMS[architecture]:
        wanted = PLATFORMS[architecture]
        raise ImageError(
            f"the image is for {built_for}, ARCHITECTURE={architecture} needs {wanted}"
        )
    if int(size_bytes) > MAX_IMAGE_BYTES:
        raise ImageError(
            f"the image has {int(size_bytes):,} bytes, Lambda takes {MAX_IMAGE_BYTES:,} at most"
        )


@contextmanager
def _container(image: str, rie: Path, values: Mapping[str, str]) -> Iterator[str]:
    remove_leftovers()
    name = f"image-check-{uuid.uuid4().hex[:12]}"
    try:
        with signals_wait():
            started = docker("run", "--detach", "--name", name, *as_lambda(rie, values), image)
        if started.returncode:
            raise ImageError(f"the container does not start: {started.stderr.strip()}")
        yield name
    finally:
        with signals_wait():
            docker("rm", "--force", "--volumes", name)


def as_lambda(rie: Path, values: Mapping[str, str]) -> Iterator[str]:
    """The options of `docker run` that give a container what Lambda gives it, and no more.

    Args:
        rie: the Runtime Interface Emulator.
        values: the model's settings.
    """
    yield from ("--label", label())
    yield from (
        "--read-only",
        "--tmpfs",
        f"/tmp:size={values['EPHEMERAL_STORAGE_SIZE']}m,mode=1777",
    )
    yield from ("--user", "993:990", "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
    yield from ("--ipc", "none", "--memory", f"{values['MEMORY_SIZE']}m")
    yield from ("--memory-swap", f"{values['MEMORY_SIZE']}m")
    yield from () if values["NETWORK"] == "yes" else ("--network", "none")
    yield from ("--volume", f"{rie}:/usr/local/bin/aws-lambda-rie:ro")
    variables = {
        "API_PATH": values["API_PATH"],
        "MODEL_NAME": values.get("PROJECT", "model"),
        "MODEL_RELEASE": "image-check",
        "AWS_LAMBDA_FUNCTION_NAME": "image-check",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": values["MEMORY_SIZE"],
        "AWS_LAMBDA_FUNCTION_TIMEOUT": values["TIMEOUT"],
    }
    for name, value in variables.items():
        yield from ("--env", f"{name}={value}")


def event(example: Example, api_path: str) -> dict[str, Any]:
    """The example's request as API Gateway's REST API hands it to a function."""
    # https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    return {
        "resource": "/{proxy+}",
        "path": api_path,
        "httpMethod": "POST",
        "headers": {"Content-Type": "application/json"},
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": api_path.lstrip("/")},
        "stageVariables": None,
        "requestContext": {
            "httpMethod": "POST",
            "path": api_path,
            "requestId": "image-check",
            "stage": "check",
        },
        "body": json.dumps(example.request),
        "isBase64Encoded": False,
    }


def _invoke(name: str, event: dict[str, Any], timeout_seconds: int) -> str:
    command = ("docker", "exec", "--interactive", name, "python3", "-c", POST)
    patience_seconds = MAX_INIT_SECONDS + timeout_seconds
    try:
        answered = subprocess.run(
            (*command, str(patience_seconds)),
            input=json.dumps(event),
            capture_output=True,
            text=True,
            timeout=patience_seconds + 30,
        )
    except subprocess.TimeoutExpired as error:
        raise ImageError(f"no answer within {patience_seconds} seconds") from error
    if answered.returncode:
        raise ImageError(
            f"the function does not answer: {(answered.stderr or answered.stdout).strip()[-2000:]}"
        )
    return answered.stdout


def _status_and_body(answer: str) -> tuple[int, str]:
    # The emulator reports a time-out as text and an exception as JSON, both with status 200.
    try:
        response = json.loads(answer)
        return int(response["statusCode"]), response["body"]
    except (ValueError, KeyError, TypeError) as error:
        raise ImageError(f"the function failed: {answer.strip()[:2000]}") from error


def _show_log(name: str) -> None:
    log = docker("logs", "--tail", "60", name)
    print("The container's log:", file=sys.stderr)
    for line in (log.stdout + log.stderr).splitlines():
        print(_readable(line), file=sys.stderr)


def _readable(line: str) -> str:
    """A line of the log; behind one that has a traceback, the traceback in lines of its own."""
    try:
        return f"{line}\n{json.loads(line)['traceback']}"
    except (ValueError, KeyError, TypeError):
        return line


def main(arguments: list[str]) -> int:
    """Checks an image; 1, its log and the reason where it fails."""
    image, example, rie = arguments
    exit_at_signals()
    try:
        values = {**settings({}, os.environ), "PROJECT": os.environ.get("PROJECT", "model")}
        took_ms = check_image(image, read_example(Path(example)), Path(rie), values)
    except (ImageError, ExampleError, SettingsError) as error:
        sys.exit(f"image_check: {error}")
    finally:
        remove_leftovers()
    print(f"The image answers its example, the first time in {took_ms:,.0f} ms.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
