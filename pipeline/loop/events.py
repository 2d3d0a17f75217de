"""What API Gateway's REST API makes of HTTP: a request's event, and the answer of a reply.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

from __future__ import annotations

import base64
import binascii
import json
import time
import uuid
from collections.abc import Collection, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote

from pipeline.model.golden import MAX_EVENT_BYTES

STAGE = "dev"
API_ID = "loop"
ACCOUNT = "000000000000"
MAX_REPLY_BYTES = MAX_EVENT_BYTES + 100  # what Lambda adds to its own limit
# Of one connection, not of the request.
HOP_BY_HOP = frozenset(
    "connection content-length expect keep-alive proxy-connection te trailer transfer-encoding"
    " upgrade".split()
)
REPLY = frozenset({"statusCode", "headers", "multiValueHeaders", "isBase64Encoded", "body"})
# What API Gateway says, by the types DEFAULT_5XX and REQUEST_TOO_LARGE of template.yaml.
FAILURE = "The model failed, or had no room for the request: send it again; its log has the reason"
TOO_LONG = "The request is too large: Lambda carries 6 MB, of a file 4.5 MB. Send less at once"


class Request(NamedTuple):
    """An HTTP request: its target as it came, and its headers in order."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        """Give the last header of a name in lower case; empty without one."""
        return ([value for key, value in self.headers if key.lower() == name] or [""])[-1]

    @property
    def path(self) -> str:
        """The target without its query, as it came."""
        return self.target.partition("?")[0]


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


class NoReply(Exception):
    """What a function returned is no HTTP answer; API Gateway answers 502 in its place."""


def message(status: int, text: str) -> Answer:
    """Make an answer that is not the app's."""
    body = json.dumps({"message": text}).encode()
    return Answer(status, [("Content-Type", "application/json")], body)


def event_of(request: Request, port: int, binary: Collection[str]) -> dict[str, Any]:
    """Make the event of a request.

    Args:
        request: what came in.
        port: that it came to.
        binary: the API's BinaryMediaTypes: such bodies are base64 in an event.
    """
    sent = [pair for pair in request.headers if pair[0].lower() not in HOP_BY_HOP]
    headers = _lists([*sent, *_added(port)])
    query = _lists(parse_qsl(request.target.partition("?")[2], keep_blank_values=True))
    resource = "/{proxy+}" if request.path.strip("/") else "/"
    proxy = unquote(request.path).lstrip("/")
    return {
        "resource": resource,
        "path": request.path,
        "httpMethod": request.method,
        "headers": _last(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": _last(query) or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": {"proxy": proxy} if proxy else None,
        "stageVariables": None,
        "requestContext": _context(request, resource, port),
        **_body(request, binary),
    }


def _added(port: int) -> list[tuple[str, str]]:
    trace = f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]}"
    forwarded = [("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Port", str(port))]
    return [("X-Amzn-Trace-Id", trace), *forwarded, ("X-Forwarded-Proto", "http")]


def _lists(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _last(lists: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: values[-1] for name, values in lists.items()}


def _context(request: Request, resource: str, port: int) -> dict[str, Any]:
    now = time.time()
    return {
        "resourceId": "loop",
        "resourcePath": resource,
        "httpMethod": request.method,
        "extendedRequestId": uuid.uuid4().hex[:15] + "=",
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "path": f"/{STAGE}{request.path}",
        "accountId": ACCOUNT,
        "protocol": "HTTP/1.1",
        "stage": STAGE,
        "domainPrefix": API_ID,
        "requestTimeEpoch": int(now * 1000),
        "requestId": str(uuid.uuid4()),
        "identity": _identity(request),
        "domainName": request.header("host") or f"127.0.0.1:{port}",
        "deploymentId": "loop",
        "apiId": API_ID,
    }


def _identity(request: Request) -> dict[str, str | None]:
    unknown = (
        *("cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "principalOrgId"),
        *("accessKey", "cognitoAuthenticationType", "cognitoAuthenticationProvider"),
        *("userArn", "user"),
    )
    agent = request.header("user-agent") or None
    return {**dict.fromkeys(unknown), "sourceIp": "127.0.0.1", "userAgent": agent}


def _body(request: Request, binary: Collection[str]) -> dict[str, Any]:
    if not request.body:
        return {"body": None, "isBase64Encoded": False}
    if _is_among(request.header("content-type"), binary):
        return {"body": base64.b64encode(request.body).decode(), "isBase64Encoded": True}
    # As API Gateway spoils it.
    return {"body": request.body.decode("utf-8", "replace"), "isBase64Encoded": False}


def _is_among(header: str, types: Collection[str]) -> bool:
    """Tell whether the first content type of a header is one of some, `image/*` among them."""
    first = header.partition(",")[0].partition(";")[0].strip().lower()
    return any(fnmatchcase(first, one) for one in types)


def answer_of(content: str, request: Request, binary: Collection[str]) -> Answer:
    """Make the answer of what a function returned, as JSON.

    Raises:
        NoReply: it is no answer, or larger than Lambda carries.
    """
    if len(content.encode()) > MAX_REPLY_BYTES:
        raise NoReply(f"the reply has {len(content.encode()):,} bytes, the limit is 6 MB")
    reply = json.loads(content)
    if not isinstance(reply, dict) or not reply or reply.keys() - REPLY:
        raise NoReply(f"the handler must return statusCode, headers and body, not {content[:200]}")
    status = str(reply.get("statusCode", 200))
    if not (status.isdigit() and 200 <= int(status) <= 599):
        raise NoReply(f"statusCode must be a number from 200 to 599, got {status}")
    body = _answered_bytes(reply, request, binary)
    return Answer(int(status), _answered_headers(reply), body)


def _answered_bytes(reply: Mapping[str, Any], request: Request, binary: Collection[str]) -> bytes:
    body = reply.get("body")
    if body is not None and not isinstance(body, str):
        raise NoReply(f"body must be text, got {type(body).__name__}")
    # The first type that the caller accepts decides whether API Gateway decodes it.
    if reply.get("isBase64Encoded") is True and _is_among(request.header("accept"), binary):
        try:
            return base64.b64decode(body or "", validate=True)
        except binascii.Error as error:
            raise NoReply(f"body is not base64: {error}") from error
    return (body or "").encode("utf-8", "replace")


def _answered_headers(reply: Mapping[str, Any]) -> list[tuple[str, str]]:
    lists = {name: [value] for name, value in (reply.get("headers") or {}).items()}
    lists.update(reply.get("multiValueHeaders") or {})
    pairs = [(str(name), str(value)) for name, values in lists.items() for value in values]
    safe = [pair for pair in pairs if not any(mark in "".join(pair) for mark in "\r\n")]
    kept = [pair for pair in safe if pair[0].lower() not in HOP_BY_HOP]
    has_type = any(name.lower() == "content-type" for name, _ in kept)
    return kept if has_type else [("Content-Type", "application/json"), *kept]
