"""The Open Inference Protocol, version 2, as KServe, Triton and MLServer have it over HTTP.

    GET  /v2, /v2/health/live, /v2/health/ready
    GET  /v2/models/NAME, /v2/models/NAME/ready
    POST /v2/models/NAME/infer

NAME is the variable MODEL_NAME. A release is a version: /v2/models/NAME/versions/RELEASE is the
same. Tensors are JSON, or bytes behind it: see `messages`.

Source: https://github.com/kserve/open-inference-protocol, specification/protocol.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any

import msgspec

from apps.doors import messages
from apps.doors.datatypes import NAMES
from apps.doors.model import Model
from engines.tensor import Port
from serving.errors import BadRequest, UnsupportedMediaType
from serving.events import BYTES, Call
from serving.log import Line, milliseconds_since
from serving.routes import Answer, Route

SERVER, EXTENSIONS = "lambda-docker", ["binary_tensor_data"]
LENGTH = "Inference-Header-Content-Length"


def routes(model: Model, base: str) -> dict[str, Route]:
    """Make the routes of the door below a path."""
    name = os.environ.get("MODEL_NAME") or "model"
    release = os.environ.get("MODEL_RELEASE", "")
    head = {"model_name": name} | ({"model_version": release} if release else {})

    def infer(call: Call, line: Line) -> Answer:
        return _infer(model, head, call, line)

    extensions = EXTENSIONS if model.infers else []
    server = {"name": SERVER, "version": release or "unreleased", "extensions": extensions}
    made = {
        base: _telling("server", lambda: server),
        f"{base}/health/live": _telling("serverLive", lambda: {"live": True}),
        f"{base}/health/ready": _telling("serverReady", lambda: {"ready": True}),
    }
    path = f"{base}/models/{name}"
    places = [(path, "")] + ([(f"{path}/versions/{release}", "OfRelease")] if release else [])
    for place, of in places:
        made[place] = _telling(f"metadata{of}", lambda: _metadata(model, name, release))
        made[f"{place}/ready"] = _telling(f"modelReady{of}", lambda: {"name": name, "ready": True})
        if model.infers:
            made[f"{place}/infer"] = Route({"POST": infer}, _described(f"infer{of}"), error)
    return made | {f"{base}/*": Route({}, error=error)}


def error(_status: int, text: str) -> Any:
    """Make the body of an error as the protocol has it."""
    return {"error": text}


def _telling(name: str, what: Callable[[], Any]) -> Route:
    tell = {"GET": lambda *_: msgspec.json.encode(what())}
    return Route(tell, _described(name), error)


def _metadata(model: Model, name: str, release: str) -> Mapping[str, Any]:
    return {
        "name": name,
        "versions": [release] if release else [],
        "platform": model.platform,
        "inputs": _ports(model.inputs),
        "outputs": _ports(model.outputs),
    }


def _ports(ports: Sequence[Port]) -> list[Mapping[str, Any]]:
    return [
        {
            "name": port.name,
            "datatype": _datatype(port),
            "shape": [size if isinstance(size, int) else -1 for size in port.shape or ("",)],
        }
        for port in ports
    ]


def _datatype(port: Port) -> str:
    """Name the datatype of a port.

    Raises:
        BadRequest: the protocol has none for it.
    """
    if port.items or port.keys or port.kind.name not in NAMES:
        raise BadRequest(
            f"{port.name} is {port}, which this protocol cannot say: see the model's path"
        )
    return NAMES[port.kind.name]


def _infer(model: Model, head: Mapping[str, Any], call: Call, line: Line) -> Answer:
    started = perf_counter()
    for port in (*model.inputs, *model.outputs):
        _datatype(port)
    length = call.header(LENGTH.lower())
    if length and call.event.get("isBase64Encoded") is not True:
        rule = f"send Content-Type: {BYTES}"
        raise UnsupportedMediaType(f"the body was read as text on its way, and is lost: {rule}")
    request, given = messages.read(call.body(), length)
    line.parse_ms = milliseconds_since(started)
    started = perf_counter()
    made = model.infer(given)
    line.predict_ms = milliseconds_since(started)
    body, json_bytes = messages.written(request, made, head, _takes_bytes(call))
    if json_bytes is None:
        return body
    return body, {"Content-Type": BYTES, LENGTH: str(json_bytes)}


def _takes_bytes(call: Call) -> bool:
    """Whether bytes reach the caller: a REST API makes them of base64 for the first Accept alone.

    Else an answer is JSON, though bytes were asked for: clients read either.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/lambda-proxy-binary-media.html
    """
    first = call.header("accept").split(",")[0].partition(";")[0].strip().lower()
    return call.door != "rest" or first == BYTES


def _described(name: str) -> Callable[[], Mapping[str, Any]]:
    def describe() -> Mapping[str, Any]:
        from apps.doors.described import inference

        return inference(name)

    return describe
