"""An image run as Lambda would run it, and what its function is sent and answers.

As on Lambda: a read-only file system but `/tmp`, an unprivileged user, no `/dev/shm`, the
function's memory, time-out and variables. There is no network unless NETWORK is `yes`.
"""

from __future__ import annotations

import json
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.commands import Ran
from pipeline.errors import FunctionError, ImageError
from pipeline.image.containers import docker, label
from pipeline.model.directory import Model
from pipeline.model.golden import Golden
from pipeline.stopping import signals_wait

PORT = 8080
PATH = "/2015-03-31/functions/function/invocations"
MODEL_FILE = "/mnt/model-file"
# Lambda's own sandbox user.
USER = "993:990"


class Function(NamedTuple):
    """What runs in a container: an image with the settings and variables of its model.

    Attributes:
        name: the model's.
        image: what runs.
        settings: of the model.
        variables: further ones of the function.
        golden: the request that it must answer.
        model_file: what MODEL_URI names, on this machine; None where it names nothing.
    """

    name: str
    image: str
    settings: Mapping[str, str]
    variables: Mapping[str, str]
    golden: Golden
    model_file: Path | None = None

    def golden_event(self) -> dict[str, Any]:
        """Give the golden request as API Gateway's REST API hands it to a function."""
        return request_event(self.settings["API_PATH"], self.golden.request)

    def described_event(self, name: str) -> dict[str, Any]:
        """Give the request for what describes the model, `openapi.json` or `model`."""
        return _rest_event("GET", f"{self.settings['API_PATH']}/{name}", None)

    def environment(self) -> dict[str, str]:
        """Give the variables that Lambda and template.yaml set."""
        return {
            **self.variables,
            **self._outside(),
            "API_PATH": self.settings["API_PATH"],
            "URL_ALLOW_LIST": self.settings["URL_ALLOW_LIST"],
            "CORS_ORIGINS": self.settings["CORS_ORIGINS"],
            "MAX_REQUEST_BYTES": self.settings["MAX_REQUEST_BYTES"],
            "MODEL_NAME": self.name,
            "MODEL_RELEASE": "image-check",
            "AWS_LAMBDA_FUNCTION_NAME": "image-check",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": self.settings["MEMORY_SIZE"],
            "AWS_LAMBDA_FUNCTION_TIMEOUT": self.settings["TIMEOUT"],
        }

    def _outside(self) -> dict[str, str]:
        if self.model_file is None:
            return {}
        sha256 = self.settings["MODEL_URI_SHA256"]
        return {"MODEL_URI": f"file://{MODEL_FILE}", "MODEL_URI_SHA256": sha256}


def request_event(path: str, request: object) -> dict[str, Any]:
    """Give the event of a request to a model, as API Gateway's REST API hands it to a function."""
    return _rest_event("POST", path, json.dumps(request))


def body_event(
    path: str, content_type: str, query: Mapping[str, str], base64: str
) -> dict[str, Any]:
    """Give the event of a request to a model whose body is of any type, in base64."""
    headers = {"Content-Type": content_type} if content_type else {}
    return {
        **_rest_event("POST", path, base64),
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": dict(query) or None,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()} or None,
        "isBase64Encoded": True,
    }


def _rest_event(method: str, path: str, body: str | None) -> dict[str, Any]:
    """Make an event of a REST API.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    context = {"httpMethod": method, "path": path, "requestId": "image-check", "stage": "check"}
    return {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        "headers": {"Content-Type": "application/json"},
        "multiValueHeaders": {"Content-Type": ["application/json"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.lstrip("/")},
        "stageVariables": None,
        "requestContext": context,
        "body": body,
        "isBase64Encoded": False,
    }


def function_of(model: Model, name: str, image: str) -> Function:
    """Put a model's image together with its settings."""
    return Function(name, image, model.settings, model.variables, model.golden)


@contextmanager
def as_lambda(function: Function, emulator: Path) -> Iterator[list[str]]:
    """List the options of `docker run` that give a container what Lambda gives it, and no more.

    Args:
        function: what runs in it.
        emulator: the Runtime Interface Emulator for its architecture.

    Yields:
        the options; variables are in a file of this user, since the command is shown.
    """
    lines = (f"{name}={value}\n" for name, value in function.environment().items())
    with tempfile.NamedTemporaryFile("w", prefix="variables-", encoding="utf-8") as file:
        file.writelines(lines)
        file.flush()
        mounted = _mounted(function.model_file)
        emulated = _emulated(emulator)
        yield [*_sandbox(function.settings), *emulated, *mounted, "--env-file", file.name]


def _sandbox(values: Mapping[str, str]) -> Iterator[str]:
    memory = f"{values['MEMORY_SIZE']}m"
    yield from ("--label", label())
    yield from ("--read-only", "--tmpfs")
    yield f"/tmp:size={values['EPHEMERAL_STORAGE_SIZE']}m,mode=1777"
    yield from ("--user", USER, "--cap-drop", "ALL", "--security-opt", "no-new-privileges")
    # As on Lambda's arm64, where libraries that read what is there have ended the process:
    # https://github.com/microsoft/onnxruntime/issues/10038
    yield from ("--tmpfs", "/sys/devices/system/cpu:ro,size=4k")
    yield from ("--ipc", "none", "--memory", memory, "--memory-swap", memory)
    yield from () if values["NETWORK"] == "yes" else ("--network", "none")


def _emulated(emulator: Path) -> tuple[str, str]:
    return ("--volume", f"{emulator}:/usr/local/bin/aws-lambda-rie:ro")


def _mounted(file: Path | None) -> tuple[str, ...]:
    return ("--volume", f"{file.resolve()}:{MODEL_FILE}:ro") if file else ()


@contextmanager
def container(
    image: str, options: Iterable[str], client: Callable[..., Ran] = docker
) -> Iterator[str]:
    """Start a container and give its name; it is removed in the end.

    Args:
        image: what it runs.
        options: of `docker run`, such as `as_lambda` lists.
        client: runs a command of Docker's client, and may show it.

    Raises:
        ImageError: it does not start.
    """
    name = f"image-check-{uuid.uuid4().hex[:12]}"
    try:
        with signals_wait():
            started = client("run", "--detach", "--name", name, *options, image)
        if started.returncode:
            raise ImageError(f"the container does not start: {started.stderr.strip()}")
        yield name
    finally:
        with signals_wait():
            client("rm", "--force", "--volumes", name)


def status_and_body(answer: str) -> tuple[int, str]:
    """Read what the emulator answers.

    It reports a time-out as text and an exception as JSON, both with status 200.

    Raises:
        FunctionError: it is not an answer of a handler.
    """
    try:
        response = json.loads(answer)
        return int(response["statusCode"]), str(response["body"])
    except (ValueError, KeyError, TypeError) as error:
        raise FunctionError(f"the function failed: {answer.strip()[:2000]}") from error
