"""Requests to onnx-example's app, and what is asked of its answers."""

import base64
import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

from numpy.typing import NDArray

from tests.model_directory import REPOSITORY, import_app, post
from tests.serving.recorded import Reply

README = (REPOSITORY / "onnx-example/README.md").read_text()
APP = import_app("onnx-example")["app"]
Echo = Callable[..., ModuleType]


def raw(array: NDArray[Any]) -> dict[str, Any]:
    """An array in the base64 form."""
    return {"shape": list(array.shape), "base64": base64.b64encode(array.tobytes()).decode()}


def send(app: ModuleType, **inputs: Any) -> Reply:
    """What an app answers to inputs."""
    return post(app.handler, json.dumps(inputs))


def refusal(app: ModuleType, **inputs: Any) -> str:
    """The message of the 400 that inputs get."""
    reply = send(app, **inputs)
    assert reply.status == 400, reply.body
    message: str = reply.body["message"]
    return message
