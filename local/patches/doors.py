"""The doors of functions: URLs of their own, and who must sign what comes through a door."""

import json
from datetime import UTC, datetime
from typing import Any

from ministack import app
from ministack.core.iam_evaluator import AuthError
from ministack.services import apigateway_v1, lambda_svc

from local.credentials import Credentials
from local.guard import signatures
from local.guard.refusals import NotSigned
from local.guard.requests import Request

URLS = "/_aws/lambda-url/"
Place = tuple[str, str, str]
Answer = tuple[int, dict[str, str], bytes]
JSON = {"Content-Type": "application/json"}


async def through(
    method: str, path: str, headers: Any, body: bytes, query: Any, raw: dict[str, Any]
) -> Answer | None:
    """Ask a function through its URL, or through its REST or HTTP API."""
    if path.startswith(URLS):
        url: Answer | None = await app._handle_lambda_url_request(
            headers["host"], path, method, headers, body, query
        )
        return url
    api: Answer | None = await app._handle_execute_api_request(
        headers["host"], path, method, headers, body, query, **raw
    )
    return api


def refusal(
    credentials: Credentials, method: str, path: str, headers: Any, body: bytes, raw: dict[str, Any]
) -> Answer | None:
    """Refuse what must be signed and is not; None for what may pass.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html
    """
    place = _place(path)
    if not _is_for_signed(method, place):
        return None
    query = raw["raw_query_string"] or ""
    request = Request(method, raw["raw_path"], query, dict(headers), body)
    try:
        signature = signatures.claimed(request)
        signatures.check_claim(signature, credentials, datetime.now(UTC))
        signatures.check(request, signature, credentials)
    except NotSigned as error:
        return _refused(place, error)
    return None


def _refused(place: Place, error: NotSigned) -> Answer:
    """Refuse in the words of a REST API; other doors have theirs.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """
    told = AuthError(error.code, "Missing Authentication Token")
    answer: Answer | None = apigateway_v1.authentication_error_response(*place[:2], told, {}, {})
    if answer:
        return answer
    name = "Message" if place[0] == URLS else "message"
    return 403, JSON, json.dumps({name: "Forbidden"}).encode()


def _place(path: str) -> Place:
    """Tell where a path leads: an API's id, stage and path, or URLS and a function URL's id."""
    if path.startswith(URLS):
        return URLS, path.removeprefix(URLS).partition("/")[0], ""
    parsed = app._parse_execute_api_url("", path)
    if parsed is None:
        return "", "", ""
    return (parsed[0], *app._resolve_stage_and_path(*parsed))


def _is_for_signed(method: str, place: Place) -> bool:
    api_id, stage, path = place
    if api_id == URLS:
        found = lambda_svc.resolve_function_url(stage)
        return bool(found and found[4].get("AuthType") == "AWS_IAM")
    return bool(app._execute_api_authorization_type(api_id, stage, method, path) == "AWS_IAM")
