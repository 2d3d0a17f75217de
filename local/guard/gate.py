"""The gate before ministack: an ASGI application around its own."""

from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from local.credentials import Credentials
from local.guard import functions, operations, signatures
from local.guard.refusals import Elsewhere, Refused, answer
from local.guard.requests import Request, request_of
from local.state import HEALTH, State

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Mapping[str, Any], Receive, Send], Awaitable[None]]
# The service that a request is for, MODEL where it is for a deployed model.
service: ContextVar[str] = ContextVar("service")
MODEL = "model"


def guarded(
    state: State, credentials: Credentials, policies: functions.Policies, inner: Application
) -> Application:
    """Let requests pass that the local AWS is to answer, and answer the others with an error."""

    async def gate(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await inner(scope, receive, send)
        if scope["type"] != "http":
            return await _close(receive, send)
        request = request_of(scope)
        service.set("")
        try:
            _check_host(state, request)
            if request.path == HEALTH:
                return await _respond(send, 200, "text/plain", b"up\n")
            if not is_of_a_model(request):
                receive = await _checked(request, credentials, policies, receive)
            else:
                operations.check_model(request)
                service.set(MODEL)
        except Refused as refused:
            content = answer(refused, request, service.get())
            return await _respond(send, refused.status, *content, code=refused.code)
        await inner(scope, receive, send)

    return gate


def is_of_a_model(request: Request) -> bool:
    """Whether a request is for a deployed model: AWS's credentials are not asked for before it."""
    parts = request.path.split("/")
    if parts[:3] == ["", "_aws", "lambda-url"]:
        return True
    return parts[:2] == ["", "restapis"] and parts[4:5] == ["_user_request_"]


def _check_host(state: State, request: Request) -> None:
    """Refuse what was meant for another host, as a page's whose name leads to this machine.

    Source: https://crypto.stanford.edu/dns/dns-rebinding.pdf
    """
    hosts = [f"{name}:{state.api_port}" for name in ("127.0.0.1", "localhost")]
    if request.headers.get("host") not in hosts:
        raise Elsewhere(f"The local AWS answers at {' and '.join(hosts)} only.")


async def _checked(
    request: Request, credentials: Credentials, policies: functions.Policies, receive: Receive
) -> Receive:
    """Check a request to AWS's API; what gives its body once more."""
    # A browser says `none` of an address that its user typed in, as a presigned one.
    if "origin" in request.headers or request.headers.get("sec-fetch-site", "none") != "none":
        raise Elsewhere("Web pages cannot call the API of the local AWS.")
    signature = signatures.claimed(request)
    service.set(signature.service)
    name = request.headers.get(functions.TOKEN) if signature.service == "s3" else None
    key = functions.key_of(name, credentials) if name else credentials
    signatures.check_claim(signature, key, datetime.now(UTC))
    body = await _body(receive)
    whole = replace(request, body=body)
    signatures.check(whole, signature, key)
    asked = operations.check(signature.service, whole)
    if name:
        functions.check(whole, asked, policies(name))
    return _again(body, receive)


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """Give a body that was read already, then what comes after it."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def received() -> Message:
        return messages.pop() if messages else await receive()

    return received


async def _respond(send: Send, status: int, media_type: str, body: bytes, code: str = "") -> None:
    headers = {"content-type": media_type, "content-length": str(len(body))}
    if code:
        headers["x-amzn-errortype"] = code
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


async def _close(receive: Receive, send: Send) -> None:
    """Refuse a web socket."""
    await receive()
    await send({"type": "websocket.close", "code": 1008})
