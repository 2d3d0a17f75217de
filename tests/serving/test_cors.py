"""Pages of the origins in CORS_ORIGINS may ask, and no others; their browsers are told so."""

from collections.abc import Callable
from typing import Any

import pytest

from serving import api
from tests.serving.recorded import HTTP_EVENTS, recorded, reply_of, request, set_header
from tests.serving.toy_model import ANSWER, Answer, Request, scale

ORIGIN, OTHER = "https://app.example.com", "https://evil.example"
ORIGINS = f"{ORIGIN}, http://localhost:3000/"
ALLOW = "Access-Control-Allow-Origin"
Function = Callable[[Any, Any], Any]


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Function:
    monkeypatch.setenv("CORS_ORIGINS", ORIGINS)
    return api(scale)


def preflight(name: str, origin: str, path: str = "/predict") -> dict[str, Any]:
    event = set_header(request(name, body=None, method="OPTIONS", path=path), "origin", origin)
    return set_header(event, "access-control-request-method", "POST")


@pytest.mark.parametrize("name", HTTP_EVENTS)
@pytest.mark.parametrize("origin", [ORIGIN, "http://localhost:3000", "HTTPS://APP.example.com"])
def test_a_preflight_is_answered_with_what_is_allowed(
    name: str, origin: str, handler: Function
) -> None:
    for path in ("/predict", "/predict/health", "/predict/openapi.json"):
        reply = reply_of(handler(preflight(name, origin, path), None))
        assert (reply.status, reply.body) == (204, None)
        assert reply.headers[ALLOW] == origin
        assert reply.headers["Access-Control-Allow-Methods"] == "GET, HEAD, POST"
        assert "Content-Type" in reply.headers["Access-Control-Allow-Headers"]
        assert reply.headers["Vary"] == "Origin"


@pytest.mark.parametrize("name", HTTP_EVENTS)
@pytest.mark.parametrize("origin", [OTHER, "null", f"{ORIGIN}.evil.example", "https://example.com"])
def test_another_origin_is_refused(name: str, origin: str, handler: Function) -> None:
    reply = reply_of(handler(preflight(name, origin), None))
    assert (reply.status, ALLOW in reply.headers) == (403, False)
    assert reply.body == {"message": f"pages of {origin} may not ask this model"}


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_answers_and_errors_carry_the_same_headers(
    name: str, handler: Function, monkeypatch: pytest.MonkeyPatch
) -> None:
    @api
    def broken(request: Request) -> Answer:
        raise LookupError

    calls: dict[int, tuple[Function, Any]] = {
        200: (handler, recorded(name)),
        400: (handler, request(name, body="{")),
        404: (handler, request(name, path="/nowhere")),
        405: (handler, request(name, method="PUT")),
        413: (handler, request(name, body=bytes(7_000_000))),
        415: (handler, request(name, content_type="text/plain")),
        500: (broken, recorded(name)),
    }
    for status, (function, event) in calls.items():
        reply = reply_of(function(set_header(event, "Origin", ORIGIN), None))
        assert (reply.status, reply.headers[ALLOW], reply.headers["Vary"]) == (
            status,
            ORIGIN,
            "Origin",
        )
        reply = reply_of(function(set_header(event, "Origin", OTHER), None))
        assert (reply.status, reply.headers["Vary"]) == (status, "Origin")
        assert ALLOW not in reply.headers


def test_any_origin_may_be_allowed_but_never_with_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "*")
    for event in (preflight("rest", OTHER), set_header(recorded("rest"), "origin", OTHER)):
        headers = reply_of(api(scale)(event, None)).headers
        assert headers[ALLOW] == "*"
        assert "Access-Control-Allow-Credentials" not in headers


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_without_the_variable_no_page_may_ask(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in (None, ""):
        if value is not None:
            monkeypatch.setenv("CORS_ORIGINS", value)
        reply = reply_of(api(scale)(preflight(name, ORIGIN), None))
        assert (reply.status, reply.headers["Allow"]) == (405, "HEAD, GET, POST")
        headers = reply_of(api(scale)(set_header(recorded(name), "origin", ORIGIN), None)).headers
        assert not [key for key in headers if key.startswith(("Access-Control", "Vary"))]


def test_options_without_an_origin_tell_nothing_and_a_direct_call_has_no_headers(
    handler: Function,
) -> None:
    reply = reply_of(handler(request("http", body=None, method="OPTIONS"), None))
    assert (reply.status, ALLOW in reply.headers) == (204, False)
    assert handler(recorded("invoke"), None) == ANSWER
