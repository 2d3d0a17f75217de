"""Which requests are kept, where, and what a client is answered if that fails."""

import base64
import json
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec import Struct

from serving import api, application, objects, recording
from tests.serving.recorded import HTTP_EVENTS, reply_of, request

CALL = SimpleNamespace(aws_request_id="11111111-2222-3333-4444-00000000000d")  # place 13 % 5 = 3
Kept = list[tuple[str, Any]]


class Request(Struct):
    """Any number."""

    x: float


def double(request: Request) -> dict[str, float]:
    return {"y": 2 * request.x}


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    """What went to S3; the clock is at the next time that one is kept."""
    monkeypatch.setattr(application, "RECORDS", True)
    monkeypatch.setattr(recording, "_next_at", 0.0)
    monkeypatch.setenv("RECORD", "5")
    monkeypatch.setenv("RECORD_TO", "s3://bucket/recorded/models")
    found: Kept = []
    monkeypatch.setattr(
        objects, "put", lambda uri, content, _seconds: found.append((uri, json.loads(content)))
    )
    moments = iter(range(0, 1_000_000, 11))
    monkeypatch.setattr(recording, "monotonic", lambda: next(moments))
    return found


def post(body: str, name: str = "rest") -> Any:
    return request(name, body=body, path="/predict", content_type="application/json")


@pytest.mark.parametrize("name", sorted({"rest", "http"} & set(HTTP_EVENTS)))
def test_an_answered_request_is_kept_whole_in_its_place(kept: Kept, name: str) -> None:
    handler = api(double)
    assert reply_of(handler(post('{"x": 1}', name), CALL)).status == 200
    ((uri, content),) = kept
    assert uri == "s3://bucket/recorded/models/03.json"
    assert base64.b64decode(content.pop("body")) == b'{"x": 1}'
    assert content.pop("content_type") == "application/json" and set(content) == {"query"}


def test_refused_ones_other_paths_direct_calls_and_the_pipelines_own_are_not(kept: Kept) -> None:
    handler = api(double)
    own = post('{"x": 1}')
    own["requestContext"]["stage"] = recording.CHECK
    for event in (post('{"x": "a"}'), {"x": 1}, request("rest", method="GET"), own):
        handler(event, CALL)
    assert kept == []


def test_one_is_kept_in_ten_seconds(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter([0.0, 1.0, 9.9, 10.0, 10.1, 19.9, 20.1])
    clock = {"now": 0.0}
    monkeypatch.setattr(recording, "_next_at", recording.EVERY_SECONDS)
    monkeypatch.setattr(recording, "monotonic", lambda: clock["now"])
    handler, counts = api(double), []
    for moment in moments:
        clock["now"] = moment
        handler(post('{"x": 1}'), CALL)
        counts.append(len(kept))
    assert counts == [0, 0, 0, 1, 1, 1, 2]


def test_what_fails_is_told_in_the_log_and_not_to_the_client(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: Any) -> None:
        raise objects.ObjectError("S3 answers 403 AccessDenied", 403)

    monkeypatch.setattr(objects, "put", refuse)
    reply = reply_of(api(double)(post('{"x": 1}'), CALL))
    assert (reply.status, reply.body) == (200, {"y": 2.0})
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["level"] == "WARN" and told["request_id"] == CALL.aws_request_id
    assert told["message"] == "the request was not recorded: S3 answers 403 AccessDenied"
