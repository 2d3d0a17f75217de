"""An event that is no request leaves the function as an error: Lambda must not take it for done."""

import json
from pathlib import Path
from typing import Any

import pytest

from serving import api
from serving.errors import NotARequest
from serving.events import FOREIGN, read
from serving.foreign import KINDS
from tests.serving.recorded import EVENTS, HTTP_EVENTS, recorded, reply_of
from tests.serving.toy_model import scale

handler = api(scale)
FILES = sorted((EVENTS / "foreign").glob("*.json"))


def names(path: Path) -> str:
    return path.stem


@api
def anything(request: Any) -> Any:
    """A model that would take whatever comes."""
    return request


@pytest.mark.parametrize("path", FILES, ids=names)
def test_an_event_of_another_service_makes_the_function_fail(path: Path) -> None:
    for function in (handler, anything):
        with pytest.raises(NotARequest, match=r"the event is from .*: this function answers HTTP"):
            function(json.loads(path.read_text()), None)


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("sqs", "aws:sqs"),
        ("sns", "aws:sns"),
        ("kafka_self_managed", "SelfManagedKafka"),
        ("pipe", "aws:sqs"),
        ("cloudfront", "Amazon CloudFront"),
        ("websocket_message", "a WebSocket API"),
        ("eventbridge", "Amazon EventBridge"),
    ],
)
def test_the_error_and_the_log_name_the_service(
    name: str, service: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NotARequest, match=f"from {service}: "):
        handler(recorded(f"foreign/{name}"), None)
    line = json.loads(capsys.readouterr().out)
    assert (line["level"], line["status"]) == ("ERROR", 500)
    assert f"NotARequest: the event is from {service}" in line["traceback"]


def test_each_kind_has_a_file_and_a_key_that_makes_it_looked_at() -> None:
    found = set()
    for path in FILES:
        with pytest.raises(NotARequest) as refused:
            read(json.loads(path.read_text()))
        found.add(str(refused.value).partition("is from ")[2].partition(": this")[0])
    assert set(KINDS) <= found
    for kind, keys in KINDS.items():
        assert "connectionId" in keys[0] or FOREIGN & set(keys), kind


@pytest.mark.parametrize(
    "event",
    [
        {"Records": []},
        {"Records": [1, 2, 3]},
        {"Records": {"a": 1}},
        {"records": [[1, 2]]},
        {"info": "x", "session": 3},
        [{"a": 1}],
        [[1, 2]],
        {"bot": None},
    ],
)
def test_a_model_may_have_fields_of_the_same_names(event: Any) -> None:
    assert anything(event, None) == event


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_a_body_that_looks_like_an_event_is_a_request(name: str) -> None:
    event = recorded(name) | {"body": (EVENTS / "foreign" / "sqs.json").read_text()}
    assert reply_of(handler(event, None)).status == 400
