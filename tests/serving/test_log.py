"""Each call writes one line of JSON that says what became of it and where the time went."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from serving import api
from serving.log import counts
from tests.serving.recorded import HTTP_EVENTS, recorded, request
from tests.serving.toy_model import Answer, Request, scale

CONTEXT = SimpleNamespace(aws_request_id="5b7e2c1a-94d3-4f0e-8a6b-1c2d3e4f5a6b")
Capture = pytest.CaptureFixture[str]


def line_of(function: Any, event: Any, capsys: Capture) -> dict[str, Any]:
    """The one line that a call writes."""
    function(event, CONTEXT)
    written = capsys.readouterr()
    assert (written.err, written.out[-1], written.out.count("\n")) == ("", "\n", 1)
    line: dict[str, Any] = json.loads(written.out)
    return line


@pytest.mark.parametrize("name", [*HTTP_EVENTS, "invoke"])
def test_a_line_says_what_was_asked_and_what_became_of_it(
    name: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_RELEASE", "20250829-1a2b")
    line = line_of(api(scale), recorded(name), capsys)
    assert line["request_id"] == CONTEXT.aws_request_id
    assert (line["level"], line["status"], line["traceback"]) == ("INFO", 200, None)
    assert line["release"] == "20250829-1a2b"
    asked = ("invoke", "") if name == "invoke" else ("POST", "/predict")
    assert (line["method"], line["path"]) == asked


def test_the_times_add_up(capsys: Capture) -> None:
    line = line_of(api(scale), recorded("rest"), capsys)
    assert 0 < line["parse_ms"]
    assert 0 < line["predict_ms"]
    assert line["parse_ms"] + line["predict_ms"] < line["total_ms"] < 1000


def test_what_did_not_happen_took_no_time(capsys: Capture) -> None:
    line = line_of(api(scale), request("rest", body="{"), capsys)
    assert (line["status"], line["parse_ms"], line["predict_ms"]) == (400, None, None)
    assert line["total_ms"] > 0


def test_the_first_call_alone_is_a_cold_start(capsys: Capture) -> None:
    function = api(scale)
    events = [request("http", path="/nowhere"), recorded("http"), recorded("invoke")]
    starts = [line_of(function, event, capsys)["cold_start"] for event in events]
    assert starts == [True, False, False]


def test_a_line_has_nothing_of_the_request_but_method_and_path(capsys: Capture) -> None:
    for name in HTTP_EVENTS:
        event = request(name, body='{"input_X": [1, 2, 77.125], "secret": 1}')
        line = json.dumps(line_of(api(scale), event, capsys))
        assert not [word for word in ("77.125", "secret", "curl", "k$") if word in line]


def test_an_unknown_error_is_logged_with_its_traceback(capsys: Capture) -> None:
    @api
    def handler(request: Request) -> Answer:
        raise LookupError("no such thing: \ud800 ü")

    line = line_of(handler, recorded("rest"), capsys)
    assert (line["level"], line["status"]) == ("ERROR", 500)
    assert line["traceback"].startswith("Traceback (most recent call last):\n")
    assert line["traceback"].endswith("LookupError: no such thing: ? ü\n")
    assert "test_log.py" in line["traceback"]


def test_surrogates_in_an_event_do_not_stop_the_line(capsys: Capture) -> None:
    event = recorded("alb") | {"path": "/\ud800", "httpMethod": "\udfff"}
    line = line_of(api(scale), event, capsys)
    assert (line["status"], line["method"], line["path"]) == (404, "?", "/?")


def test_a_call_without_a_context_is_logged(capsys: Capture) -> None:
    api(scale)(recorded("rest"), None)
    assert json.loads(capsys.readouterr().out)["request_id"] == ""


def test_the_time_of_day_is_as_lambda_wants_it(capsys: Capture) -> None:
    line = line_of(api(scale), recorded("rest"), capsys)
    assert len(line["timestamp"]) == len("2025-08-29T09:41:27Z")
    assert (line["timestamp"][10], line["timestamp"][19]) == ("T", "Z")


def test_a_line_has_the_tokens_that_the_handler_counted_and_the_next_one_none(
    capsys: Capture,
) -> None:
    def count(request: Request) -> Answer:
        counts.tokens = 7
        return scale(request)

    assert line_of(api(count), recorded("rest"), capsys)["tokens"] == 7
    assert line_of(api(scale), recorded("rest"), capsys)["tokens"] is None
