"""The recorded events of events/, each with a request of one's own in it, and what is answered."""

import base64
import json
from pathlib import Path
from typing import Any, NamedTuple

EVENTS = Path(__file__).with_name("events")
HTTP_EVENTS = (
    "rest",
    "rest_custom_domain",
    "http",
    "http_named_stage",
    "http_payload_1",
    "function_url",
    "alb",
    "alb_multi_value",
    "lattice_1",
    "lattice_2",
)
VALID_BODY = (EVENTS / "invoke.json").read_text()


class Reply(NamedTuple):
    """An HTTP reply as the caller sees it, whichever way its headers are returned."""

    status: int
    headers: dict[str, str]
    body: Any


def recorded(name: str) -> Any:
    """A recorded event as it is."""
    return json.loads((EVENTS / f"{name}.json").read_text())


def request(
    name: str,
    body: str | bytes | None = VALID_BODY,
    method: str = "POST",
    path: str = "/predict",
    content_type: str | None = "application/json",
) -> dict[str, Any]:
    """A recorded event with another request in it; bytes are sent as base64."""
    recording = (EVENTS / f"{name}.json").read_text()
    recording = recording.replace('/predict"', f'{path}"').replace('"POST"', f'"{method}"')
    event: dict[str, Any] = json.loads(recording)
    if event.get("pathParameters"):
        event["pathParameters"] = {"proxy": path.removeprefix("/")}
    set_content_type(event, content_type)
    if isinstance(body, bytes):
        return with_base64(event, base64.b64encode(body).decode())
    event["body"] = body
    return event


def with_base64(event: dict[str, Any], body: Any) -> dict[str, Any]:
    """Put a body into an event that says that it is base64."""
    key = "is_base64_encoded" if "is_base64_encoded" in event else "isBase64Encoded"
    return {**event, key: True, "body": body}


def set_header(event: dict[str, Any], name: str, value: str) -> dict[str, Any]:
    """Add a header, in whichever way the event has its headers."""
    for key in {"headers", "multiValueHeaders"} & event.keys():
        headers = event[key] or {}
        many = any(isinstance(given, list) for given in headers.values())
        event[key] = {**headers, name: [value] if many else value}
    return event


def set_content_type(event: dict[str, Any], content_type: str | None) -> None:
    """Replace the header, however it is spelt; None takes it away."""
    for key in ("headers", "multiValueHeaders"):
        headers = event.get(key) or {}
        (name,) = [header for header in headers if header.lower() == "content-type"] or [None]
        if name and content_type is None:
            del headers[name]
        elif name:
            headers[name] = [content_type] if isinstance(headers[name], list) else content_type


def reply_of(returned: dict[str, Any]) -> Reply:
    """Read what the function returned to an HTTP event, strictly."""
    assert json.loads(json.dumps(returned, allow_nan=False)) == returned
    assert returned["isBase64Encoded"] is False
    headers = returned.get("headers")
    if headers is None:
        headers = {name: value for name, (value,) in returned["multiValueHeaders"].items()}
    body = json.loads(returned["body"]) if returned["body"] else None
    return Reply(returned["statusCode"], headers, body)
