"""An app answers at further paths: what it adds is routed, described and failed as it says."""

from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.json import decode, encode

from serving import BadRequest, api
from serving.application import Application
from serving.events import Call
from serving.log import Line
from serving.routes import Route
from tests.serving.recorded import HTTP_EVENTS, reply_of, request
from tests.serving.toy_model import ANSWER, Answer, Request, scale


def length(call: Call, line: Line) -> bytes:
    """The action that is added: how many numbers it was sent."""
    numbers = decode(call.body())
    if not isinstance(numbers, list):
        raise BadRequest("send a list")
    return encode({"length": len(numbers)})


def error(status: int, text: str) -> Any:
    """An error as the added path has it."""
    return {"error": {"code": status, "message": text}}


def described() -> Mapping[str, Any]:
    """What the document says of the added path."""
    return {"post": {"summary": "Counts", "responses": {"200": {"description": "A count"}}}}


def function() -> Application[Request, Answer]:
    """The toy model with a path more."""
    made = api(scale)
    made.add("/v1/length", Route({"POST": length}, described, error))
    return made


def asked(body: str, **changes: Any) -> Any:
    """The reply to a body at the added path."""
    return reply_of(function()(request("rest", body=body, path="/v1/length", **changes), None))


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_what_was_added_answers_at_its_path_and_the_model_at_its_own(name: str) -> None:
    added = reply_of(function()(request(name, body="[1, 2]", path="/v1/length"), None))
    assert (added.status, added.body) == (200, {"length": 2})
    assert reply_of(function()(request(name), None)).body == ANSWER


def test_errors_there_have_the_form_that_it_gives_them() -> None:
    refused, failed, method = asked("{}"), asked("["), asked("[]", method="PUT")
    assert (refused.status, refused.body) == (400, error(400, "send a list"))
    assert (failed.status, failed.body) == (500, error(500, "Internal server error"))
    assert (method.status, method.headers["Allow"]) == (405, "HEAD, POST")
    assert method.body == error(405, "use one of HEAD, POST, not PUT")
    away = reply_of(function()(request("rest", path="/v1/lengths"), None))
    assert (away.status, list(away.body)) == (404, ["message"])


def test_the_document_says_what_it_says() -> None:
    made = reply_of(
        function()(request("rest", body=None, method="GET", path="/predict/openapi.json"), None)
    )
    assert made.body["paths"]["/v1/length"] == described()


def test_pages_of_allowed_origins_may_ask_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "*")
    assert asked("", method="OPTIONS").status == 204


@pytest.mark.parametrize("path", ["/predict", "predict/health/"])
def test_a_path_is_taken_once(path: str) -> None:
    with pytest.raises(ValueError, match="taken: give the model or the other door another path"):
        function().add(path, Route({"POST": length}))
