"""Requests and answers are checked against the annotations; what is wrong is named."""

import json
import math
import sys
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import msgspec
import pytest

from serving.contract import Contract
from serving.errors import BadRequest, UnsupportedMediaType
from serving.events import read
from tests.serving.recorded import recorded, request
from tests.serving.toy_model import Answer, Request, scale


def check(body: str | bytes) -> Request:
    """The toy model's request in a body."""
    return Contract(scale, {}).request(read(request("http", body=body)))


def test_a_valid_request_becomes_the_annotated_type() -> None:
    assert check('{"input_X": [1, 2, 3]}') == Request([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('{"input_X": [1, 2, "3"]}', "input_X[2]: expected float, got str"),
        ('{"input_X": [1, 2, null]}', "input_X[2]: expected float, got null"),
        ('{"input_X": [1, 2, [3]]}', "input_X[2]: expected float, got array"),
        ('{"input_X": [1, 2]}', "input_X: expected array of length >= 3"),
        ('{"input_X": [1, 2, 3, 4]}', "input_X: expected array of length <= 3"),
        ('{"input_X": {}}', "input_X: expected array, got object"),
        ('{"input_X": [1, 2, 1e999]}', "input_X[2]: number out of range"),
        (f'{{"input_X": [1, 2, {"9" * 400}]}}', "input_X[2]: number out of range"),
        ('{"input_X": [1, 2, 3], "scale": 0}', "scale: expected int >= 1"),
        ('{"input_X": [1, 2, 3], "scale": 1001}', "scale: expected int <= 1000"),
        ('{"input_X": [1, 2, 3], "scale": 1.5}', "scale: expected int, got float"),
        (f'{{"input_X": [1, 2, 3], "scale": {"9" * 5000}}}', "scale: integer value out of range"),
        ('{"scale": 1}', "Object missing required field input_X"),
        (
            '{"input_x": [1, 2, 3]}',
            "Object missing required field input_X;"
            " Object contains unknown field input_x, expected one of input_X, scale",
        ),
        ("[]", "Expected object, got array"),
        ("null", "Expected object, got null"),
        ('{"input_X": [1, NaN, 3]}', "JSON is malformed: invalid character (byte 16)"),
        ('{"input_X": [1, 2, -Infinity]}', "JSON is malformed: invalid character (byte 20)"),
        ('{"input_X": [1, 2, 03]}', "JSON is malformed: invalid number (byte 20)"),
        ("input_X=1", "JSON is malformed: invalid character (byte 0)"),
        ('{"input_X": [1, 2', "JSON is malformed: it ends too early"),
        ('{"input_X": [1, 2, 3]} x', "JSON is malformed: trailing characters (byte 24)"),
        ("\ufeff\ufeff{}", "JSON is malformed: invalid character (byte 0)"),
        ("\ufeff", "the body is empty: send a JSON document"),
        ("", "the body is empty: send a JSON document"),
        (" \n", "the body is empty: send a JSON document"),
    ],
)
def test_a_bad_request_is_told_the_field_and_the_rule(body: str | bytes, message: str) -> None:
    with pytest.raises(BadRequest) as caught:
        check(body)
    assert str(caught.value) == message


def test_a_byte_order_mark_before_the_request_is_left_out() -> None:
    for body in (b'\xef\xbb\xbf{"input_X": [1, 2, 3]}', '\ufeff{"input_X": [1, 2, 3]}'):
        assert check(body) == Request([1.0, 2.0, 3.0])


@pytest.mark.parametrize(
    "body", [b'{"input_X": "\xff"}', b'{"\xff": 1}', '{"input_X": 1}'.encode("utf-16")]
)
def test_bytes_that_are_not_utf8_are_refused(body: bytes) -> None:
    with pytest.raises(BadRequest, match=r"utf-8.*position|malformed.*byte"):
        check(body)


def test_of_a_key_given_twice_the_last_counts() -> None:
    assert check('{"input_X": [1, 2, 3], "input_X": [4, 5, 6]}') == Request([4.0, 5.0, 6.0])


@pytest.fixture
def usual_recursion_limit() -> Iterator[None]:
    """Python's own limit, which other libraries of the test run may have raised."""
    raised = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    yield
    sys.setrecursionlimit(raised)


@pytest.mark.usefixtures("usual_recursion_limit")
@pytest.mark.parametrize("body", ["[" * 200_000, '{"a":' * 200_000, "[" * 1000 + "]" * 1000])
def test_a_request_nested_too_deep_is_refused(body: str) -> None:
    def handler(request: Any) -> Any:
        return None

    with pytest.raises(BadRequest, match=r"recursion|ends too early"):
        Contract(handler, {}).request(read(request("http", body=body)))


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        " application/json ;charset=utf-8",
        "application/vnd.example+json",
    ],
)
def test_json_is_taken_by_each_of_its_names_and_without_one(content_type: str | None) -> None:
    call = read(request("rest", content_type=content_type))
    assert Contract(scale, {}).request(call).scale == 2


@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "text/plain", "image/jpeg", "text/json", "x"],
)
def test_another_content_type_is_told_what_to_send(content_type: str) -> None:
    with pytest.raises(UnsupportedMediaType) as caught:
        Contract(scale, {}).request(read(request("rest", content_type=content_type)))
    expected = f"Content-Type {content_type} is not supported, use application/json"
    assert str(caught.value) == expected


def test_a_reader_gets_the_body_the_header_and_the_query() -> None:
    def read_csv(body: bytes, content_type: str, query: Mapping[str, str]) -> Request:
        assert (content_type, query["units"]) == ("Text/CSV; header=absent", "k$ each")
        return Request([float(number) for number in body.decode().split(",")])

    contract = Contract(scale, {"text/CSV": read_csv})
    call = read(request("alb", body=b"1,2,3", content_type="Text/CSV; header=absent"))
    assert contract.request(call) == Request([1.0, 2.0, 3.0])
    assert contract.request(read(recorded("alb"))).scale == 2
    with pytest.raises(UnsupportedMediaType, match="use application/json or text/csv"):
        contract.request(read(request("alb", content_type="text/plain")))


def test_an_answer_becomes_json() -> None:
    assert json.loads(Contract(scale, {}).answer(Answer([1.5, 2.0]))) == {"scaled": [1.5, 2]}


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_never_leaves(number: float) -> None:
    with pytest.raises(TypeError, match=r"scaled\[1\]: expected float, got null"):
        Contract(scale, {}).answer(Answer([1.0, number]))


def test_a_number_that_is_not_finite_is_null_where_null_is_allowed() -> None:
    def handler(request: Request) -> list[float | None]:
        return []

    assert Contract(handler, {}).answer([1.0, math.nan]) == b"[1.0,null]"


def test_an_answer_of_another_type_never_leaves() -> None:
    answer: Any = {"scaled": "wide"}
    with pytest.raises(TypeError, match="the answer's scaled: expected array, got str"):
        Contract(scale, {}).answer(answer)


def test_a_field_that_is_unset_stays_away() -> None:
    class Either(msgspec.Struct):
        one: float | msgspec.UnsetType = msgspec.UNSET
        many: list[float] | msgspec.UnsetType = msgspec.UNSET

    def handler(request: Request) -> Either:
        return Either()

    assert Contract(handler, {}).answer(Either(one=1.0)) == b'{"one":1.0}'


def test_rules_in_the_handlers_own_annotations_count() -> None:
    def handler(request: Annotated[float, msgspec.Meta(gt=0)]) -> None:
        return None

    with pytest.raises(BadRequest, match="Expected float > 0"):
        Contract(handler, {}).request(read(request("rest", body="0")))


@pytest.mark.parametrize("message", ["", "Low is above high"])
def test_a_rule_of_the_model_itself_is_told(message: str) -> None:
    class Range(msgspec.Struct):
        low: float
        high: float

        def __post_init__(self) -> None:
            if self.low > self.high:
                raise ValueError(message)

    def handler(request: list[Range]) -> None:
        return None

    with pytest.raises(BadRequest) as caught:
        Contract(handler, {}).request(read(request("rest", body='[{"low": 2, "high": 1}]')))
    assert str(caught.value) == "[0]: " + message.lower()


def test_a_handler_without_annotations_fails_when_it_is_imported() -> None:
    def bare(request):  # type: ignore[no-untyped-def]
        return request

    def no_request() -> Answer:
        return Answer([])

    def no_answer(request: Request):  # type: ignore[no-untyped-def]
        return request

    def two_requests(one: Request, two: Request):  # type: ignore[no-untyped-def]
        return one

    handlers: list[Any] = [bare, no_request, no_answer, two_requests]
    for handler in handlers:
        with pytest.raises(TypeError, match="annotate the handler"):
            Contract(handler, {})
