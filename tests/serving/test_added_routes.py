"""An app answers at further paths: what it adds is routed, described and failed as it says."""

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.json import decode, encode

from serving import BadRequest, api
from serving.application import Application
from serving.events import Call
from serving.log import Line
from serving.routes import Route
from tests.serving.documents import check_document, document_of
from tests.serving.recorded import HTTP_EVENTS, reply_of, request, set_header
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
    document = document_of(function())
    check_document(document)
    (told,) = document["paths"]["/v1/length"].values()
    said = described()["post"]
    assert (told["summary"], told["operationId"]) == (said["summary"], "postV1Length")
    assert told["responses"]["200"] == said["responses"]["200"]
    # What API Gateway answers in its place.
    assert {"403", "429", "504"} <= told["responses"].keys() and "default" not in told["responses"]


def test_a_path_of_which_nothing_is_told_may_answer_anything() -> None:
    made = api(scale)
    made.add("/v1/length", Route({"POST": length, "PUT": length}))
    made.add("/v1-length", Route({"POST": length}))
    document = document_of(made)
    check_document(document)
    told = document["paths"]["/v1/length"]
    assert {"200", "default"} <= told["post"]["responses"].keys()
    assert [told["put"]["operationId"], told["post"]["operationId"]] == [
        "putV1Length",
        "postV1Length",
    ]
    assert document["paths"]["/v1-length"]["post"]["operationId"] == "postV1Length2"


def test_what_is_added_later_is_made_once_and_only_when_another_path_is_asked_for() -> None:
    made: list[int] = []

    def later() -> Mapping[str, Route]:
        made.append(1)
        return {"/predict": Route({"POST": length}), "/v1/later": Route({"POST": length})}

    handler = api(scale)
    handler.later(later)
    handler.add("/v1/length", Route({"POST": length}))
    assert reply_of(handler(request("rest"), None)).body == ANSWER
    assert made == []
    for path in ("/v1/later", "/v1/length", "/v1/later"):
        reply = reply_of(handler(request("rest", body="[1, 2]", path=path), None))
        assert (reply.body, made) == ({"length": 2}, [1])
    assert reply_of(handler(request("rest"), None)).body == ANSWER


def test_an_answer_may_be_text_or_bytes() -> None:
    def answer(call: Call, line: Line) -> tuple[bytes, dict[str, str]]:
        if call.header("accept") == "text/csv":
            return "ä\n".encode(), {"Content-Type": "text/csv"}
        return b"\xff\0", {"Content-Type": "application/octet-stream", "X-Size": "2"}

    handler = api(scale)
    handler.add("/v1/data", Route({"POST": answer}))
    replied = handler(request("rest", path="/v1/data"), None)
    assert replied["isBase64Encoded"] is True
    assert b64decode(replied["body"]) == b"\xff\0"
    assert replied["headers"]["Content-Type"] == "application/octet-stream"
    assert replied["headers"]["X-Size"] == "2"
    asked = set_header(request("rest", path="/v1/data"), "Accept", "text/csv")
    replied = handler(asked, None)
    assert (replied["isBase64Encoded"], replied["body"]) == (False, "ä\n")
    assert replied["headers"]["Content-Type"] == "text/csv"


def test_what_is_not_there_is_told_in_the_form_of_what_lies_above_it() -> None:
    handler = api(scale)
    handler.add("/v1/*", Route({}, error=error))
    away = reply_of(handler(request("rest", path="/v1/more"), None))
    assert (away.status, away.body["error"]["code"]) == (404, 404)
    elsewhere = reply_of(handler(request("rest", path="/v10"), None))
    assert (elsewhere.status, list(elsewhere.body)) == (404, ["message"])
    document = request("rest", body=None, method="GET", path="/predict/openapi.json")
    assert "/v1/*" not in reply_of(handler(document, None)).body["paths"]


def test_two_things_at_one_path_are_refused_when_one_is_asked_for() -> None:
    handler = function()
    handler.later(lambda: {"/v1/length": Route({"POST": length})})
    assert reply_of(handler(request("rest", path="/v1/length"), None)).status == 500


def test_pages_of_allowed_origins_may_ask_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "*")
    assert asked("", method="OPTIONS").status == 204


@pytest.mark.parametrize("path", ["/predict", "predict/health/"])
def test_a_path_is_taken_once(path: str) -> None:
    with pytest.raises(ValueError, match="taken: give the model or the other door another path"):
        function().add(path, Route({"POST": length}))
