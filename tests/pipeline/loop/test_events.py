"""The loop's events, held to one that API Gateway sent, and what it makes of replies."""

import base64
import json
from typing import Any

import pytest

from pipeline.loop.events import Answer, NoReply, Request, answer_of, event_of
from tests.serving.recorded import recorded

BINARY = {"image/jpeg", "application/octet-stream"}
# What CloudFront adds before an API that is not regional; the template's is.
OF_CLOUDFRONT = ("CloudFront-", "Via", "X-Amz-Cf-Id")
OF_THE_NETWORK = ("X-Amzn-Trace-Id", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto")


def sent(event: dict[str, Any]) -> Request:
    """The request that an event was made of."""
    added = (*OF_CLOUDFRONT, *OF_THE_NETWORK)
    headers = [pair for pair in event["headers"].items() if not pair[0].startswith(added)]
    hop = [("Connection", "keep-alive"), ("Content-Length", str(len(event["body"])))]
    target = "/predict?units=k%24+each&verbose=1&verbose=2"
    return Request(event["httpMethod"], target, [*headers, *hop], event["body"].encode())


def shape(value: Any) -> Any:
    """The names and types in a JSON value."""
    if isinstance(value, dict):
        return {key: shape(one) for key, one in value.items()}
    return [shape(one) for one in value] if isinstance(value, list) else type(value)


def without(event: dict[str, Any], *starts: str) -> dict[str, Any]:
    """An event whose headers have none that begin so."""
    names = ("headers", "multiValueHeaders")
    kept = {
        name: {key: value for key, value in event[name].items() if not key.startswith(starts)}
        for name in names
    }
    return {**event, **kept}


def test_an_event_is_that_which_api_gateway_made_of_the_same_request() -> None:
    right = without(recorded("rest"), *OF_CLOUDFRONT)
    made = event_of(sent(right), 4000, BINARY)
    assert shape(made) == shape(right)
    for event in (made, right):
        event["requestContext"] = {
            name: event["requestContext"][name]
            for name in ("httpMethod", "path", "protocol", "resourcePath", "stage", "domainName")
        }
    assert without(made, *OF_THE_NETWORK) == without(right, *OF_THE_NETWORK)


def test_a_request_without_body_and_query_has_null_as_the_console_sends_it() -> None:
    right = recorded("rest_console_test")
    made = event_of(Request("GET", "/predict/health"), 4000, BINARY)
    for name in ("body", "isBase64Encoded", "queryStringParameters", "pathParameters", "resource"):
        assert made[name] == right[name]


def test_the_root_is_a_resource_of_its_own() -> None:
    made = event_of(Request("GET", "/?a=1"), 4000, BINARY)
    assert (made["resource"], made["path"], made["pathParameters"]) == ("/", "/", None)


@pytest.mark.parametrize("content_type", ["image/jpeg", "Image/JPEG; q=1"])
def test_a_body_of_a_binary_media_type_is_base64(content_type: str) -> None:
    request = Request("POST", "/predict", [("content-type", content_type)], b"\xff\xd8\x00")
    made = event_of(request, 4000, BINARY)
    assert made["isBase64Encoded"] is True
    assert base64.b64decode(made["body"]) == b"\xff\xd8\x00"


def test_another_body_is_text_and_spoiled_where_it_is_none() -> None:
    request = Request("POST", "/predict", [("Content-Type", "image/tiff")], b"a\xff")
    made = event_of(request, 4000, BINARY)
    assert (made["body"], made["isBase64Encoded"]) == ("a\ufffd", False)


def answered(reply: Any, accept: str = "*/*") -> Answer:
    request = Request("POST", "/predict", [("Accept", accept)])
    return answer_of(json.dumps(reply), request, BINARY)


def test_a_reply_becomes_an_answer_with_all_its_headers() -> None:
    reply = {"statusCode": 201, "headers": {"A": "1"}, "multiValueHeaders": {"B": ["2", "3"]}}
    assert answered({**reply, "body": "é"}) == Answer(
        201,
        [("Content-Type", "application/json"), ("A", "1"), ("B", "2"), ("B", "3")],
        "é".encode(),
    )


def test_base64_is_decoded_for_a_caller_that_accepts_a_binary_type_first() -> None:
    reply = {"statusCode": 200, "isBase64Encoded": True, "body": "/9g="}
    assert answered(reply, "image/jpeg, */*").body == b"\xff\xd8"
    assert answered(reply).body == b"/9g="


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        ({"prediction": 3}, "must return statusCode"),
        ([1], "must return statusCode"),
        ({}, "must return statusCode"),
        ({"statusCode": "ok"}, "statusCode must be a number"),
        ({"statusCode": 200, "body": {"a": 1}}, "body must be text, got dict"),
        ({"statusCode": 200, "body": "x" * 6_291_557}, "the limit is 6 MB"),
    ],
)
def test_a_reply_that_api_gateway_would_not_take_is_refused(reply: Any, complaint: str) -> None:
    with pytest.raises(NoReply, match=complaint):
        answered(reply)


def test_a_header_cannot_end_the_headers() -> None:
    made = answered({"statusCode": 200, "headers": {"A": "1\r\n\r\nbody", "Content-Type": "x/y"}})
    assert made.headers == [("Content-Type", "x/y")]
