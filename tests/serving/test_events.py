"""Every recorded event is told apart, and its method, path, headers, query and body are found."""

import base64
import json
from typing import Any

import pytest

from serving.errors import BadRequest, TooLarge
from serving.events import MAX_ALB_REPLY_BYTES, MAX_BODY_BYTES, MAX_REPLY_BYTES, read
from tests.serving.recorded import (
    HTTP_EVENTS,
    VALID_BODY,
    recorded,
    reply_of,
    request,
    with_base64,
)

DOORS = {
    "rest": "rest",
    "rest_custom_domain": "rest",
    "rest_console_test": "rest",
    "http_payload_1": "rest",
    "http": "http",
    "http_named_stage": "http",
    "function_url": "http",
    "alb": "alb",
    "alb_multi_value": "alb",
    "lattice_1": "lattice",
    "lattice_2": "lattice",
    "invoke": "invoke",
}


@pytest.mark.parametrize(("name", "door"), DOORS.items())
def test_each_recorded_event_is_told_apart(name: str, door: str) -> None:
    assert read(recorded(name)).door == door


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_method_path_and_body_are_the_same_in_every_shape(name: str) -> None:
    call = read(recorded(name))
    assert (call.method, call.path) == ("POST", "/predict")
    assert json.loads(call.body()) == json.loads(VALID_BODY)


@pytest.mark.parametrize("name", HTTP_EVENTS)
@pytest.mark.parametrize(
    "path", ["/predict/", "/", "/predict/health", "/a b/ü", "/predict/predict"]
)
def test_any_path_is_the_same_in_every_shape(name: str, path: str) -> None:
    assert read(request(name, path=path)).path == "/" + path.strip("/")


@pytest.mark.parametrize("name", ["rest", "http_named_stage"])
def test_a_path_that_starts_like_the_stage_is_left_whole(name: str) -> None:
    assert read(request(name, path="/developers")).path == "/developers"


def test_a_path_that_starts_with_the_stage_is_left_whole_behind_a_rest_api() -> None:
    assert read(request("rest", path="/dev/predict")).path == "/dev/predict"


@pytest.mark.parametrize("path", ["/dev", "/dev/"])
def test_the_root_of_a_named_stage_is_the_root(path: str) -> None:
    route = {"routeKey": "$default", "pathParameters": None}
    assert read(recorded("http_named_stage") | route | {"rawPath": path}).path == "/"


def test_a_route_without_a_parameter_is_the_path() -> None:
    event = recorded("rest_custom_domain") | {"resource": "/predict", "pathParameters": None}
    assert read(event).path == "/predict"


@pytest.mark.parametrize("name", HTTP_EVENTS)
@pytest.mark.parametrize("header", ["content-type", "Content-Type", "CONTENT-TYPE"])
def test_the_content_type_is_found_however_it_is_spelt(name: str, header: str) -> None:
    event = request(name, content_type="text/csv; header=present")
    for key in {"headers", "multiValueHeaders"} & event.keys():
        event[key] = {
            (header if k.lower() == header.lower() else k): v for k, v in event[key].items()
        }
    assert read(event).header("content-type") == "text/csv; header=present"


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_the_query_is_decoded_in_every_shape(name: str) -> None:
    query = read(recorded(name)).query()
    assert query["units"] == "k$ each"
    assert query["verbose"] in ("2", "1,2")


@pytest.mark.parametrize("name", HTTP_EVENTS)
@pytest.mark.parametrize(
    "key",
    [
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "body",
        "isBase64Encoded",
    ],
)
@pytest.mark.parametrize("missing", [True, False])
def test_what_real_events_leave_out_or_null_is_empty(name: str, key: str, missing: bool) -> None:
    event = recorded(name)
    if missing:
        event.pop(key, None)
    else:
        event[key] = None
    call = read(event)
    assert (call.method, call.path) == ("POST", "/predict")
    assert isinstance(call.header("content-type"), str)
    assert isinstance(call.query(), dict)
    assert call.body() == (b"" if key == "body" else recorded(name)["body"].encode())


def test_an_event_of_the_console_with_null_everywhere_is_read() -> None:
    call = read(recorded("rest_console_test"))
    assert (call.method, call.path, call.header("content-type")) == ("GET", "/predict/health", "")
    assert (call.query(), call.body()) == ({}, b"")


@pytest.mark.parametrize(
    "event",
    [
        {"httpMethod": "POST", "path": "/predict"},
        {"rawPath": "/predict", "version": "2.0"},
        {"requestContext": {"http": {"method": "POST"}}},
        {"requestContext": {"elb": {}}, "httpMethod": "POST"},
        {"requestContext": None, "httpMethod": "POST", "path": "/predict"},
        {"requestContext": "x", "httpMethod": "POST", "path": "/predict", "rawPath": "/"},
        {"headers": {}, "body": "{}", "isBase64Encoded": False},
        {},
        [],
        None,
        "text",
        3,
    ],
)
def test_a_bare_request_with_the_keys_of_an_http_event_is_a_direct_call(event: Any) -> None:
    call = read(event)
    assert call.door == "invoke"
    assert json.loads(call.body()) == event


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_a_base64_body_is_decoded(name: str) -> None:
    assert read(request(name, body=bytes(range(256)))).body() == bytes(range(256))


@pytest.mark.parametrize("name", HTTP_EVENTS)
@pytest.mark.parametrize("body", ["not base64!", "AAA", "AAAA=AAA", "AA AA", "é", "\ud800", 3, {}])
def test_a_body_that_is_not_the_base64_it_should_be_is_refused(name: str, body: Any) -> None:
    event = with_base64(recorded(name), body or {"a": 1})
    with pytest.raises(BadRequest, match="not valid base64"):
        read(event).body()


@pytest.mark.parametrize("body", ["\ud800", 3, ["{}"], True])
def test_a_body_that_is_not_text_is_refused(body: Any) -> None:
    with pytest.raises(BadRequest):
        read(recorded("rest") | {"body": body}).body()


def test_a_direct_call_that_is_no_json_or_nested_too_deep_is_refused() -> None:
    nested: list[Any] = []
    for _ in range(100_000):
        nested = [nested]
    for event in (nested, {"input_X": "\ud800"}, {"input_X": {3j: 1}}):
        with pytest.raises(BadRequest, match="not valid base64, text or JSON"):
            read(event).body()


@pytest.mark.parametrize("size", [MAX_BODY_BYTES, MAX_BODY_BYTES + 1])
def test_the_body_may_have_as_many_bytes_as_a_lambda_event(size: int) -> None:
    event = recorded("http") | {
        "body": base64.b64encode(bytes(size)).decode(),
        "isBase64Encoded": True,
    }
    if size == MAX_BODY_BYTES:
        assert len(read(event).body()) == size
    else:
        with pytest.raises(TooLarge, match=f"{size} bytes, the limit is {MAX_BODY_BYTES}"):
            read(event).body()


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_a_reply_has_what_every_service_wants(name: str) -> None:
    returned = read(recorded(name)).reply(405, b'{"message":"no"}', {"Allow": "GET"})
    reply = reply_of(returned)
    assert (reply.status, reply.body) == (405, {"message": "no"})
    assert reply.headers == {
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Allow": "GET",
    }
    assert ("multiValueHeaders" in returned) is (name == "alb_multi_value")


def test_headers_of_one_reply_are_not_in_the_next() -> None:
    call = read(recorded("http"))
    call.reply(405, b"{}", {"Allow": "GET"})
    assert "Allow" not in call.reply(200, b"{}", {})["headers"]


def test_a_direct_call_gets_the_bare_answer_or_an_error_with_its_status() -> None:
    call = read({"input_X": []})
    assert call.reply(200, b"[1.5]", {}) == [1.5]
    assert call.reply(422, b'{"message":"no"}', {}) == {"status": 422, "message": "no"}


@pytest.mark.parametrize("name", [*HTTP_EVENTS, "invoke"])
@pytest.mark.parametrize("character", ["a", "é", "\U0001f600", '"', "\\", "\x00"])
def test_a_reply_fits_in_what_lambda_carries_or_is_refused(name: str, character: str) -> None:
    """Just below and just above the limit, as the runtime client encodes the reply."""
    call = read(recorded(name))

    def size(count: int) -> int:
        body = json.dumps(character * count, ensure_ascii=False).encode()
        return len(json.dumps(call.reply(200, body, {})))

    limit = MAX_ALB_REPLY_BYTES if call.door == "alb" else MAX_REPLY_BYTES
    each = size(2) - size(1)
    most = (limit - size(0)) // each
    assert limit - each < size(most) <= limit
    with pytest.raises(TooLarge, match=f"(Lambda|a load balancer) carries at most {limit}"):
        size(most + 1)


@pytest.mark.parametrize("path", ["/None/predict", "/$default/predict", "//predict"])
def test_a_path_of_a_load_balancer_has_no_stage(path: str) -> None:
    for name in ("alb", "lattice_1", "lattice_2"):
        assert read(request(name, path=path)).path == "/" + path.strip("/")


def test_a_route_of_an_http_api_is_the_path_below_any_base_path() -> None:
    event = recorded("http") | {"rawPath": "/ml/predict", "routeKey": "ANY /{proxy+}"}
    event["pathParameters"] = {"proxy": "predict"}
    assert read(event).path == "/predict"
    assert read(event | {"routeKey": "POST /predict", "pathParameters": None}).path == "/predict"


def test_a_query_in_the_path_of_lattice_is_not_part_of_it() -> None:
    event = recorded("lattice_1") | {"raw_path": "/predict?units=1"}
    assert read(event).path == "/predict"
