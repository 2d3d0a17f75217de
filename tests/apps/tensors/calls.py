"""Requests to the app of a model, and what is asked of its answers."""

import base64
import json
from typing import Any

from numpy.typing import NDArray

from tests.model_directory import REPOSITORY, post
from tests.serving.recorded import Reply

from .conftest import App, Echo, app_of

__all__ = "APP", "README", "App", "Echo", "raw", "refusal", "send"
README = (REPOSITORY / "onnx-example/README.md").read_text()
APP = app_of(REPOSITORY / "onnx-example/app/model.onnx")


def raw(array: NDArray[Any]) -> dict[str, Any]:
    """An array in the base64 form."""
    content = base64.b64encode(array.tobytes()).decode()
    return {"shape": list(array.shape), "base64": content, "type": array.dtype.name}


def send(app: App, **inputs: Any) -> Reply:
    """What an app answers to inputs."""
    return post(app.handler, json.dumps(inputs))


def refusal(app: App, **inputs: Any) -> str:
    """The message of the 400 that inputs get."""
    reply = send(app, **inputs)
    assert reply.status == 400, reply.body
    message: str = reply.body["message"]
    return message
