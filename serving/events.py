"""Read a Lambda event as a `Call`, and give its reply the form that the event asks for.

door     the event comes from
rest     API Gateway: a REST API, or an HTTP API with payload 1.0
http     API Gateway: an HTTP API with payload 2.0; or a function URL
alb      an Application Load Balancer, with single or multi-value headers
lattice  Amazon VPC Lattice, with either version of its events
invoke   a direct call of the function: the event is the bare request, the reply the bare answer,
         or {"status": 400, "message": "..."}

An event of another kind, such as a queue's, is no request: `read` raises, so Lambda tries it again.
"""

from os import environ
from typing import Any, Literal

import msgspec

from serving.errors import BadRequest, TooLarge

Door = Literal["rest", "http", "alb", "lattice", "invoke"]

# At most Lambda's limit on the event of a synchronous call.
MAX_BODY_BYTES = int(environ.get("MAX_REQUEST_BYTES") or 6_291_456)
MAX_REPLY_BYTES = 6_291_556  # beyond it Lambda answers Function.ResponseSizeTooLarge
# Of 1 MB, as https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
# has it; a load balancer answers 502 in place of what is larger.
MAX_ALB_REPLY_BYTES = 1_000_000
# Each is in events that are no requests; serving/foreign.py tells which.
FOREIGN = frozenset(
    "Records alarmData applicationArn authorizationToken awslogs bot claimCertificateId clickType"
    " CodePipeline.job configRuleName connection-id deliveryStreamArn detail-type Details"
    " deviceEvent eventSource fieldName identityPoolId info invocationSchemaVersion"
    " LifecycleEventHookExecutionId messageVersion methodArn protocolData requestPayload"
    " ResponseURL routeArn SecretId session triggerSource widgetContext xAmzRequestId".split()
)
BYTES = "application/octet-stream"  # of answers that are no text
HEADERS = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


class Call(msgspec.Struct, frozen=True):
    """What a caller asks for; `path` has no stage, no base path and no slash at its end."""

    door: Door
    event: Any
    method: str = ""
    path: str = ""
    below_base_path: bool = False  # perhaps: an HTTP API's default route does not tell

    def header(self, name: str) -> str:
        """Return the header of a name in lower case, as it was sent; empty without one."""
        for headers in ("headers", "multiValueHeaders"):
            for key, value in _mapping(self.event, headers).items():
                if isinstance(key, str) and key.lower() == name:
                    return text(_last(value))
        return ""

    def query(self) -> dict[str, str]:
        """Return the query parameters, decoded; of a repeated one the last, or `a,b` at `http`."""
        lists = _mapping(self.event, "multiValueQueryStringParameters")
        pairs = lists | _mapping(self.event, "queryStringParameters")
        found = {text(key): text(_last(value)) for key, value in pairs.items()}
        if self.door != "alb":
            return found
        from urllib.parse import unquote_plus  # a load balancer passes them on as in the URL

        return {unquote_plus(name): unquote_plus(value) for name, value in found.items()}

    def body(self) -> bytes:
        """Return the body's bytes, unpacked; of a direct call, the event itself as JSON.

        Raises:
            BadRequest: the event says base64, text or packed, and the body is something else.
            TooLarge: the body has more than `MAX_BODY_BYTES`.
            UnsupportedMediaType: it is packed in another way than gzip or deflate.
        """
        try:
            body = msgspec.json.encode(self.event) if self.door == "invoke" else self._body()
        except (TypeError, ValueError, RecursionError) as error:
            raise BadRequest(f"the body is not valid base64, text or JSON: {error}") from error
        if len(body) > MAX_BODY_BYTES:
            raise TooLarge(f"the body has {len(body)} bytes, the limit is {MAX_BODY_BYTES}")
        packing = "" if self.door == "invoke" else self.header("content-encoding")
        if not packing:
            return body
        from serving.packing import unpacked

        return unpacked(body, packing, self.event.get("isBase64Encoded") is True, MAX_BODY_BYTES)

    def _body(self) -> bytes:
        content = self.event.get("body") or ""
        if self.event.get("isBase64Encoded") is not True:
            return str.encode(content)
        from binascii import a2b_base64

        return a2b_base64(content, strict_mode=True)

    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> Any:
        """Build what the function returns for an answer: JSON, unless the headers say otherwise.

        Raises:
            TooLarge: the reply has more than `MAX_REPLY_BYTES`.
        """
        if self.door == "invoke":
            answer = msgspec.json.decode(body)
            reply = answer if status == 200 else {"status": status, **answer}
        else:
            reply = {"statusCode": status, "isBase64Encoded": False, "body": body}
            if headers.get("Content-Type") == BYTES:
                from binascii import b2a_base64

                reply |= {"isBase64Encoded": True, "body": b2a_base64(body, newline=False)}
            reply["body"] = "" if self.method == "HEAD" else reply["body"].decode()
            if self.door == "alb" and _mapping(self.event, "multiValueHeaders"):
                reply["multiValueHeaders"] = {k: [v] for k, v in (HEADERS | headers).items()}
            else:
                reply["headers"] = HEADERS | headers
        most = MAX_ALB_REPLY_BYTES if self.door == "alb" else MAX_REPLY_BYTES
        if len(body) > most // 4:  # escaped once more, text grows threefold at worst
            from serving.sizes import check

            check(reply, most, "a load balancer" if self.door == "alb" else "Lambda")
        return reply


def read(event: Any) -> Call:
    """Tell how a request came: what is not an HTTP event is a direct call.

    Raises:
        NotARequest: the event is one of a service that expects no answer, or another one.
    """
    context = _mapping(event, "requestContext")
    if "connectionId" in context or not FOREIGN.isdisjoint(_keys(event)):
        from serving.foreign import check

        check(event)
    http = _mapping(context, "http")
    if http and "rawPath" in event:
        return _routed("http", event, context, http.get("method"))
    if context and "httpMethod" in event and "path" in event:
        door: Door = "alb" if "elb" in context else "rest"
        return _routed(door, event, context, event["httpMethod"])
    if "method" in _keys(event) and ("raw_path" in event or "targetGroupArn" in context):
        from serving.lattice import unified

        known, path = unified(event)
        return Call("lattice", known, text(event["method"]), text(path))
    return Call("invoke", event)


def _keys(event: Any) -> Any:
    if isinstance(event, list):  # records that a pipe has taken out of their event
        event = event[0] if event else None
    return event if isinstance(event, dict) else ()


def _routed(door: Door, event: dict[str, Any], context: dict[str, Any], method: Any) -> Call:
    """Find the path as the API's routes have it.

    HTTP APIs put the stage before it, and both kinds the base path of a custom domain:
    https://github.com/aws-powertools/powertools-lambda-python/pull/579
    """
    proxy = text(_mapping(event, "pathParameters").get("proxy"))
    route = text(event.get("resource")) or text(event.get("routeKey"))
    path = route.rpartition(" ")[2].replace("{proxy+}", proxy)
    if not path.startswith("/") or "{" in path:
        path = text(event.get("rawPath", event.get("path"))) + "/"
        path = path.removeprefix(f"/{text(context.get('stage'))}/")
    default = route == "$default" and ".lambda-url." not in text(context.get("domainName"))
    return Call(door, event, text(method), "/" + path.strip("/"), default)


def _mapping(source: Any, key: str) -> dict[str, Any]:
    """Return the mapping under a key, empty without one: real events may have null there."""
    value = source.get(key) if isinstance(source, dict) else None
    return value if isinstance(value, dict) else {}


def _last(value: Any) -> Any:
    """Return the last of several values, or the only one."""
    return value[-1] if isinstance(value, list) and value else value


def text(value: Any) -> str:
    """Make a string that JSON can carry, without lone surrogates; empty of anything else."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
