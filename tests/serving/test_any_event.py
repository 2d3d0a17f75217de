"""Every call is answered, whatever is in it, and the same by whichever way it came."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from serving import api
from serving.errors import NotARequest
from tests.serving.recorded import HTTP_EVENTS, VALID_BODY, recorded, reply_of, request
from tests.serving.toy_model import scale

handler = api(scale)

# Lone surrogates too: JSON can spell them, so they can be in an event.
texts = st.text(st.characters(exclude_categories=[]))
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
json_values = st.recursive(
    scalars, lambda v: st.lists(v) | st.dictionaries(texts, v), max_leaves=12
)
KEYS = [
    "requestContext",
    "http",
    "elb",
    "stage",
    "method",
    "httpMethod",
    "rawPath",
    "path",
    "resource",
    "pathParameters",
    "proxy",
    "headers",
    "multiValueHeaders",
    "content-type",
    "body",
    "isBase64Encoded",
    "queryStringParameters",
    "multiValueQueryStringParameters",
    "raw_path",
    "routeKey",
    "targetGroupArn",
    "connectionId",
    "content-encoding",
    "input_X",
]
words = st.sampled_from(["POST", "GET", "/predict", "application/json", "text/csv", VALID_BODY])
event_values = st.recursive(
    scalars | words,
    lambda v: st.lists(v) | st.dictionaries(st.sampled_from(KEYS), v),
    max_leaves=20,
)


@st.composite
def spoilt_events(draw: st.DrawFn) -> dict[str, Any]:
    """A recorded event with one or more of its values replaced by anything."""
    event: dict[str, Any] = recorded(draw(st.sampled_from(HTTP_EVENTS)))
    for part in (event, event.get("requestContext", event)):
        part |= draw(st.dictionaries(st.sampled_from(sorted(part)), event_values, max_size=3))
    return event


events = st.dictionaries(st.sampled_from(KEYS) | texts, event_values) | spoilt_events()


@given(body=json_values)
def test_no_json_body_is_a_fault_of_the_server(body: Any) -> None:
    for name in ("rest", "alb"):
        assert reply_of(handler(request(name, body=json.dumps(body)), None)).status in (200, 400)
    direct = handler(body, None)
    assert direct.get("status", 200) in (200, 400)


@given(body=st.binary() | st.text().map(str.encode))
def test_no_bytes_are_a_fault_of_the_server(body: bytes) -> None:
    for name in ("http", "alb_multi_value"):
        assert reply_of(handler(request(name, body=body), None)).status in (200, 400)


@given(event=events)
def test_no_request_makes_the_function_raise_or_fail(event: dict[str, Any]) -> None:
    try:
        returned = handler(event, None)
    except NotARequest:
        assert "connectionId" in event["requestContext"]
        return
    json.dumps(returned, allow_nan=False).encode("ascii")
    assert returned.get("statusCode", returned.get("status", 200)) < 500


@given(
    numbers=st.lists(st.floats(-1e300, 1e300), min_size=3, max_size=3), factor=st.integers(1, 1000)
)
def test_a_valid_request_has_one_answer_in_every_shape(numbers: list[float], factor: int) -> None:
    body = {"input_X": numbers, "scale": factor}
    answers = [reply_of(handler(request(n, json.dumps(body)), None)).body for n in HTTP_EVENTS]
    assert [*answers, handler(body, None)] == [answers[0]] * (len(HTTP_EVENTS) + 1)
    assert answers[0] == {"scaled": [factor * number for number in numbers]}
