"""Read a Lambda event as a `Call`, and give its reply the form that the event asks for.

door    the event comes from
rest    API Gateway: a REST API, or an HTTP API with payload 1.0
http    API Gateway: an HTTP API with payload 2.0; or a function URL
alb     an Application Load Balancer, with single or multi-value headers
invoke  a direct call of the function: the event is the bare request, the reply the bare answer,
        or {"status": 400, "message": "..."}
"""

from typing import Any, Literal

import msgspec

from serving.errors import BadRequest, TooLarge

MAX_BODY_BYTES = 6_291_456  # Lambda's limit on the event of a synchronous call
MAX_REPLY_BYTES = 6_291_556  # beyond it Lambda answers Function.ResponseSizeTooLarge
HEADERS = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


class Call(msgspec.Struct, frozen=True):
    """What a caller asks for; `path` has no stage, no base path and no slash at its end."""

    door: Literal["rest", "http", "alb", "invoke"]
    event: Any
    method: str = ""
    path: str = ""

    def content_type(self) -> str:
        """Return the Content-Type header as it was sent; empty without one."""
        headers = {name.lower(): value for name, value in self._pairs("headers").items()}
        return headers.get("content-type", "")

    def query(self) -> dict[str, str]:
        """Return the query parameters, decoded; of a repeated one the last, or `a,b` at `http`."""
        pairs = self._pairs("queryStringParameters")
        if self.door != "alb":
            return pairs
        from urllib.parse import unquote_plus  # a load balancer passes them on as in the URL

        return {unquote_plus(name): unquote_plus(value) for name, value in pairs.items()}

    def body(self) -> bytes:
        """Return the body's bytes; of a direct call, the event itself as JSON.

        Raises:
            BadRequest: the event says base64 or text, and the body is something else.
            TooLarge: the body has more than `MAX_BODY_BYTES`.
        """
        try:
            body = msgspec.json.encode(self.event) if self.door == "invoke" else self._body()
        except (TypeError, ValueError, RecursionError) as error:
            raise BadRequest(f"the body is not valid base64, text or JSON: {error}") from error
        if len(body) > MAX_BODY_BYTES:
            raise TooLarge(f"the body has {len(body)} bytes, the limit is {MAX_BODY_BYTES}")
        return body

    def _body(self) -> bytes:
        content = self.event.get("body") or ""
        if self.event.get("isBase64Encoded") is not True:
            return str.encode(content)
        from binascii import a2b_base64

        return a2b_base64(content, strict_mode=True)

    def _pairs(self, name: str) -> dict[str, str]:
        lists = _mapping(self.event, f"multiValue{name[0].upper()}{name[1:]}")
        last = {k: v for k, values in lists.items() if isinstance(values, list) for v in values}
        pairs = last | _mapping(self.event, name)
        return {text(key): text(value) for key, value in pairs.items()}

    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> Any:
        """Build what the function returns for an answer that is the JSON `body`.

        Raises:
            TooLarge: the reply has more than `MAX_REPLY_BYTES`.
        """
        if self.door == "invoke":
            answer = msgspec.json.decode(body)
            reply = answer if status == 200 else {"status": status, **answer}
        else:
            content = "" if self.method == "HEAD" else body.decode()
            reply = {"statusCode": status, "isBase64Encoded": False, "body": content}
            if self.door == "alb" and _mapping(self.event, "multiValueHeaders"):
                reply["multiValueHeaders"] = {k: [v] for k, v in (HEADERS | headers).items()}
            else:
                reply["headers"] = HEADERS | headers
        if len(body) > MAX_REPLY_BYTES // 4:  # escaped once more, text grows threefold at worst
            _check_size(reply)
        return reply


def read(event: Any) -> Call:
    """Tell how the event came. Never raises: what is not an HTTP event is a direct call."""
    context = _mapping(event, "requestContext")
    http = _mapping(context, "http")
    if http and "rawPath" in event:
        return Call("http", event, text(http.get("method")), _path(event, context))
    if context and "httpMethod" in event and "path" in event:
        door: Literal["alb", "rest"] = "alb" if "elb" in context else "rest"
        return Call(door, event, text(event["httpMethod"]), _path(event, context))
    return Call("invoke", event)


def _path(event: dict[str, Any], context: dict[str, Any]) -> str:
    """Find the path as the API's routes have it.

    HTTP APIs put the stage before it, REST APIs the base path of a custom domain:
    https://github.com/aws-powertools/powertools-lambda-python/pull/579
    """
    proxy = text(_mapping(event, "pathParameters").get("proxy"))
    path = text(event.get("resource")).replace("{proxy+}", proxy)
    if not path.startswith("/") or "{" in path:
        path = text(event.get("rawPath", event.get("path"))) + "/"
        path = path.removeprefix(f"/{context.get('stage')}/")
    return "/" + path.strip("/")


def _mapping(source: Any, key: str) -> dict[str, Any]:
    """Return the mapping under a key, empty without one: real events may have null there."""
    value = source.get(key) if isinstance(source, dict) else None
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    """Make a string that JSON can carry, without lone surrogates; empty of anything else."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _check_size(reply: Any) -> None:
    from json import dumps  # escapes what is not ASCII, as the runtime client does

    size = len(dumps(reply))
    if size > MAX_REPLY_BYTES:
        raise TooLarge(f"the answer has {size} bytes, Lambda carries at most {MAX_REPLY_BYTES}")
