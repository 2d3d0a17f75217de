"""The operations of AWS that the local one has: those that the pipeline and its tests use.

What a request asks for is found in AWS's own service models, which botocore has. What is not in
this list is refused by its name, whatever ministack could do with it.
"""

import functools
import re
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote

import botocore.session

from local.guard.refusals import NotPartOfIt
from local.guard.requests import Request

OPERATIONS = {
    "apigateway": {"GetApiKey"},
    "cloudformation": {
        "ContinueUpdateRollback",
        "CreateChangeSet",
        "DeleteStack",
        "DescribeChangeSet",
        "DescribeEvents",
        "DescribeStackEvents",
        "DescribeStackDriftDetectionStatus",
        "DescribeStackResourceDrifts",
        "DescribeStacks",
        "DetectStackDrift",
        "ExecuteChangeSet",
        "GetTemplateSummary",
        "ListStacks",
    },
    "ecr": {
        "BatchDeleteImage",
        "BatchGetImage",
        "CreateRepository",
        "DeleteRepository",
        "DescribeImages",
        "DescribeRepositories",
        "GetAuthorizationToken",
        "GetRepositoryPolicy",
        "ListImages",
        "PutImage",
    },
    "lambda": {
        "CreateFunction",
        "DeleteFunction",
        "GetAccountSettings",
        "GetAlias",
        "GetFunction",
        "GetFunctionConfiguration",
        "Invoke",
        "ListFunctions",
        "ListVersionsByFunction",
        "UpdateFunctionCode",
        "UpdateFunctionConfiguration",
    },
    "logs": {"DescribeLogGroups", "FilterLogEvents"},
    "s3": {
        "CreateBucket",
        "DeleteObject",
        "DeleteObjects",
        "GetObject",
        "HeadObject",
        "ListBuckets",
        "ListObjectVersions",
        "ListObjectsV2",
        "PutObject",
    },
    "sts": {"GetCallerIdentity"},
}
# A bucket's name is the first part of a path, where ministack has entrances of its own as well.
BUCKET = r"[a-z0-9][a-z0-9.-]{2,62}"
# An encoded slash is one to ministack, which decodes twice: it would find other parts.
ONE_PART = "(?:[^/%]|%(?!2[Ff5]))+"


def check(service: str, request: Request) -> set[str]:
    """Let a request for an operation of the list pass; the operation's name, or several.

    Args:
        service: which its signature is for.
        request: with its body.

    Raises:
        NotPartOfIt: it is for another operation, or has something that the operation has not.
    """
    names = _names(service, request) if service in OPERATIONS else set()
    if not names & OPERATIONS.get(service, set()):
        wanted = "/".join(sorted(names)) or _told_name(request)
        had = ", ".join(sorted(OPERATIONS.get(service, OPERATIONS)))
        raise NotPartOfIt(f"The local AWS has no {service} {wanted}; it has: {had}.")
    return names


def check_model(request: Request) -> None:
    """Let a request to a deployed model pass, and none to what ministack has below its URL.

    Raises:
        NotPartOfIt: it is for the connections of a WebSocket API.
    """
    below = unquote(request.path).partition("/_user_request_")[2]
    if below.startswith("/@connections"):
        raise NotPartOfIt("The local AWS has no execute-api @connections: it has REST APIs alone.")


def _names(service: str, request: Request) -> set[str]:
    """The operation that a request is for; several where AWS tells them apart by the host."""
    protocol = _model(service).metadata["protocol"]
    if protocol.startswith("rest"):
        return _rest_names(service, request)
    if (request.method, request.path, request.query) != ("POST", "/", ""):
        return set()
    if protocol == "json":
        prefix = _model(service).metadata["targetPrefix"] + "."
        target = request.headers.get("x-amz-target", "")
        return {target.removeprefix(prefix)} if target.startswith(prefix) else set()
    actions = _form(request).get("Action", [])
    return set(actions) if len(actions) == 1 else set()


def _told_name(request: Request) -> str:
    """What a request for an unknown service says that it is for."""
    target = request.headers.get("x-amz-target", "").rpartition(".")[2]
    action = _form(request).get("Action", [""])[0]
    return target or action or f"{request.method} {request.path}"


def _form(request: Request) -> dict[str, list[str]]:
    return parse_qs(request.body.decode("latin-1"), keep_blank_values=True)


def _rest_names(service: str, request: Request) -> set[str]:
    """The operations that fit best: with the most of what they require."""
    if "x-amz-target" in request.headers:
        return set()
    found: dict[int, set[str]] = {}
    for name in _model(service).operation_names:
        required = _fit(service, name, request)
        if required is not None:
            found.setdefault(required, set()).add(name)
    return found[max(found)] if found else set()


def _fit(service: str, name: str, request: Request) -> int | None:
    """How many things of a request an operation requires; None where it is for another one."""
    shape, parameters = _shape(service, name), request.parameters
    has_all = request.headers.keys() >= shape.headers and all(
        key in parameters and value in ("", parameters[key][0])
        for key, value in shape.required.items()
    )
    is_its_path = request.method == shape.method and shape.path.fullmatch(request.path)
    if not is_its_path or not has_all or not parameters.keys() <= shape.known:
        return None
    return len(shape.required) + len(shape.headers)


class _Shape(NamedTuple):
    """What a request for an operation looks like.

    Attributes:
        required: the parameters that it must have, with their values, "" where any will do.
        known: all that it may have.
        headers: those that it must have.
    """

    method: str
    path: re.Pattern[str]
    required: dict[str, str]
    known: set[str]
    headers: set[str]


@functools.cache
def _shape(service: str, name: str) -> _Shape:
    operation = _model(service).operation_model(name)
    path, _, query = operation.http["requestUri"].partition("?")
    literals = dict(pair.partition("=")[::2] for pair in query.split("&") if pair)
    shape = _Shape(
        operation.http["method"], _pattern(path), dict(literals), {*literals, "x-id"}, set()
    )
    members = operation.input_shape.members if operation.input_shape else {}
    for member, value in members.items():
        place, key = value.serialization.get("location"), value.serialization.get("name", member)
        is_required = member in operation.input_shape.required_members
        if place == "querystring":
            shape.known.add(key)
            shape.required.update({key: ""} if is_required else {})
        elif place == "header" and is_required:
            shape.headers.add(key.lower())
    return shape


def _pattern(path: str) -> re.Pattern[str]:
    """The paths of a model's path: `{Name}` is one part, `{Name+}` is all that follows."""
    patterns = []
    for part in re.split(r"(\{[^}]+\})", path):
        if not part.startswith("{"):
            patterns.append(re.escape(part))
        elif part.endswith("+}"):
            patterns.append(".+")
        else:
            patterns.append(BUCKET if part == "{Bucket}" else ONE_PART)
    return re.compile("".join(patterns) + "/?")


@functools.cache
def _model(service: str) -> Any:
    """A service as AWS describes it."""
    return botocore.session.get_session().get_service_model(service)
