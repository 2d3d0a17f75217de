"""Requests to the app with a model that answers at once, and an internet for its URLs."""

import base64
import json
from time import monotonic
from typing import Any

import pytest

from tests.model_directory import REPOSITORY
from tests.pytorch_example.stand_in import MODULES
from tests.serving.photographs.files import encoded, plain
from tests.serving.recorded import Reply, reply_of, request
from tests.serving.urls.internet import Internet, ok

APP = MODULES["app"]
README = (REPOSITORY / "pytorch-example/README.md").read_text()
GREENISH = encoded(plain("RGB", (20, 60, 20)), "PNG")
ANSWER = [["green", 60.0], ["red", 20.0], ["blue", 20.0]]
PUBLIC = "93.184.215.14"
FORM = "multipart/form-data; boundary=b"
JSON = "application/json"


class Context:
    """What Lambda says of a call: how long it may take."""

    aws_request_id = "1"

    def __init__(self, seconds: float) -> None:
        self._ends = monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds."""
        return int(1000 * (self._ends - monotonic()))


def send(
    body: Any, content_type: str = JSON, event: str = "rest", seconds: float = 20, **query: str
) -> Reply:
    """Sends a body: a JSON value, or bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body)
    call = request(event, content, content_type=content_type)
    call["queryStringParameters"] = query
    call.pop("multiValueQueryStringParameters", None)
    return reply_of(APP.handler(call, Context(seconds)))


def form(**fields: bytes) -> bytes:
    """The body of a form."""
    heads = ((f'Content-Disposition: form-data; name="{name}"', name) for name in fields)
    parts = [b"--b\r\n" + head.encode() + b"\r\n\r\n" + fields[name] for head, name in heads]
    return b"\r\n".join([*parts, b"--b--\r\n"])


def base64_of(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.fixture
def public(internet: Internet) -> Internet:
    """An internet in which example.com has the photograph, and a few other things."""
    internet.name("example.com", [PUBLIC])
    answers = {"/green.png": ok(GREENISH), "/text": ok(b"secret"), "/big": ok(bytes(10_000_001))}
    internet.serve({**answers, "/red.png": ok(encoded(plain("RGB", (9, 0, 0)), "PNG"))}, PUBLIC, 80)
    return internet
