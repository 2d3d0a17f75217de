"""Every call is answered, whatever is in it, and the same by whichever way it came."""

import json
from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving import BadRequest, Unprocessable, api
from serving.application import Application
from serving.events import MAX_BODY_BYTES, MAX_REPLY_BYTES
from tests.serving.recorded import HTTP_EVENTS, VALID_BODY, recorded, reply_of, request
from tests.serving.toy_model import ANSWER, Answer, Request, scale

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
    for part in (event, event["requestContext"]):
        part |= draw(st.dictionaries(st.sampled_from(sorted(part)), event_values, max_size=3))
    return event


events = st.dictionaries(st.sampled_from(KEYS) | texts, event_values) | spoilt_events()


def application(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Application[Request, Answer]:
    """The toy model, deployed with these environment variables."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return api(scale)


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_every_http_event_gets_the_answer(name: str) -> None:
    reply = reply_of(handler(recorded(name), None))
    assert (reply.status, reply.body) == (200, ANSWER)
    assert reply.headers["Content-Type"] == "application/json"


def test_a_direct_call_gets_the_bare_answer() -> None:
    assert handler(recorded("invoke"), None) == ANSWER


def test_the_handler_itself_can_still_be_called() -> None:
    assert handler.__wrapped__(Request([1.0, 2.0, 3.0])) == Answer([1.0, 2.0, 3.0])


@pytest.mark.parametrize("name", HTTP_EVENTS)
@pytest.mark.parametrize("path", ["/predict", "/predict/health", "/predict/health/"])
def test_a_get_says_which_model_it_is_and_that_it_is_loaded(
    name: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = application(monkeypatch, MODEL_NAME="toy", MODEL_RELEASE="20250829-1a2b")
    reply = reply_of(function(request(name, body=None, method="GET", path=path), None))
    assert reply.status == 200
    assert reply.body == {"model": "toy", "release": "20250829-1a2b", "loaded": True}


@pytest.mark.parametrize("name", HTTP_EVENTS)
@pytest.mark.parametrize("path", ["/predict", "/predict/health", "/predict/openapi.json"])
def test_head_is_get_without_the_body(name: str, path: str) -> None:
    get = reply_of(handler(request(name, method="GET", path=path), None))
    head = reply_of(handler(request(name, method="HEAD", path=path), None))
    assert (head.status, head.headers, head.body) == (get.status, get.headers, None)


@pytest.mark.parametrize("api_path", ["/v1/house prices", "v1/house prices/", "/v1/house prices/"])
def test_the_model_is_at_the_path_of_its_environment(
    api_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    function = application(monkeypatch, API_PATH=api_path)
    for path, status in {"/v1/house prices": 200, "/predict": 404, "/house prices": 404}.items():
        assert reply_of(function(request("rest", path=path), None)).status == status


def test_variables_that_are_set_to_nothing_are_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    function = application(monkeypatch, API_PATH="", MODEL_NAME="", MODEL_RELEASE="")
    reply = reply_of(function(request("rest", method="GET", path="/predict/health"), None))
    assert reply.body == {"model": "model", "release": "", "loaded": True}


def test_the_model_can_be_at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    function = application(monkeypatch, API_PATH="/")
    assert reply_of(function(request("alb", path="/"), None)).body == ANSWER
    assert reply_of(function(request("alb", method="GET", path="/health"), None)).status == 200


@pytest.mark.parametrize("name", HTTP_EVENTS)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
@pytest.mark.parametrize(
    "path", ["/", "/predicts", "/predict/x", "/x/predict", "/predict/health/x"]
)
def test_another_path_is_404(name: str, method: str, path: str) -> None:
    reply = reply_of(handler(request(name, method=method, path=path), None))
    message = f"there is nothing at {path}, the model is at /predict"
    assert (reply.status, reply.body) == (404, {"message": message})


@pytest.mark.parametrize("name", HTTP_EVENTS)
@pytest.mark.parametrize(
    ("path", "method", "allowed"),
    [
        ("/predict", "PUT", "HEAD, GET, POST"),
        ("/predict", "OPTIONS", "HEAD, GET, POST"),
        ("/predict/health", "POST", "HEAD, GET"),
        ("/predict/openapi.json", "DELETE", "HEAD, GET"),
    ],
)
def test_another_method_is_405_and_told_which(
    name: str, path: str, method: str, allowed: str
) -> None:
    reply = reply_of(handler(request(name, method=method, path=path), None))
    assert (reply.status, reply.headers["Allow"]) == (405, allowed)
    assert reply.body == {"message": f"use one of {allowed}, not {method}"}


@pytest.mark.parametrize("name", HTTP_EVENTS)
@pytest.mark.parametrize(
    ("body", "content_type", "status", "message"),
    [
        (
            '{"input_X": [1, 2, "x"]}',
            "application/json",
            400,
            "input_X[2]: expected float, got str",
        ),
        (None, "application/json", 400, "the body is empty: send a JSON document"),
        ("a=b", "text/x", 415, "Content-Type text/x is not supported, use application/json"),
        (
            bytes(MAX_BODY_BYTES + 1),
            None,
            413,
            "the body has 6291457 bytes, the limit is 6291456",
        ),
    ],
)
def test_what_is_wrong_with_a_request_is_said_the_same_in_every_shape(
    name: str, body: str | bytes | None, content_type: str | None, status: int, message: str
) -> None:
    reply = reply_of(handler(request(name, body=body, content_type=content_type), None))
    assert (reply.status, reply.body) == (status, {"message": message})


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_a_base64_body_that_is_cut_short_is_400(name: str) -> None:
    reply = reply_of(handler(recorded(name) | {"body": "eyJ", "isBase64Encoded": True}, None))
    message = "the body is not valid base64, text or JSON: Incorrect padding"
    assert (reply.status, reply.body) == (400, {"message": message})


def test_a_direct_call_is_told_what_is_wrong() -> None:
    wrong = {"input_X": [1, 2, "x"]}
    assert handler(wrong, None) == {"status": 400, "message": "input_X[2]: expected float, got str"}


def failing(error: BaseException) -> Callable[[Request], Answer]:
    """A handler that raises."""

    def fail(request: Request) -> NoReturn:
        raise error

    fail.__annotations__["return"] = Answer
    return fail


@pytest.mark.parametrize("error", [BadRequest("too wide"), Unprocessable("cannot \ud800 be found")])
def test_an_error_of_the_tree_is_told_to_the_caller(error: BadRequest | Unprocessable) -> None:
    reply = reply_of(api(failing(error))(recorded("rest"), None))
    assert reply.status == error.status
    assert reply.body == {"message": str(error).replace("\ud800", "?")}


@pytest.mark.parametrize(
    "error",
    [ValueError("secret"), MemoryError(), RecursionError(), KeyError("\ud800"), StopIteration()],
)
@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_any_other_error_is_a_bare_500(name: str, error: Exception) -> None:
    reply = reply_of(api(failing(error))(recorded(name), None))
    assert (reply.status, reply.body) == (500, {"message": "Internal server error"})


def test_any_other_error_is_a_bare_500_in_a_direct_call() -> None:
    returned = api(failing(ValueError("secret")))(recorded("invoke"), None)
    assert returned == {"status": 500, "message": "Internal server error"}


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt()])
def test_an_order_to_exit_is_obeyed(error: BaseException) -> None:
    with pytest.raises(type(error)):
        api(failing(error))(recorded("rest"), None)


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_a_long_quote_from_the_request_is_cut(name: str) -> None:
    body = json.dumps({"\\" * 2_000_000: 1})
    reply = reply_of(handler(request(name, body=body), None))
    assert (reply.status, len(reply.body["message"])) == (400, 1000)


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_an_answer_that_lambda_cannot_carry_is_413(name: str) -> None:
    @api
    def large(request: Request) -> str:
        return "x" * MAX_REPLY_BYTES

    reply = reply_of(large(recorded(name), None))
    assert reply.status == 413
    assert reply.body["message"].endswith(f"bytes, Lambda carries at most {MAX_REPLY_BYTES}")


def test_an_answer_that_is_not_finite_is_a_500() -> None:
    reply = reply_of(
        handler(request("rest", body='{"input_X": [1e308, 1, 1], "scale": 100}'), None)
    )
    assert reply.status == 500


def test_a_reader_is_used_for_its_content_type() -> None:
    @api(readers={"text/csv": lambda body, content_type, query: Request(eval_csv(body))})
    def reading(request: Request) -> Answer:
        return scale(request)

    reply = reply_of(reading(request("http", body=b"1,2,3", content_type="text/csv"), None))
    assert (reply.status, reply.body) == (200, {"scaled": [1.0, 2.0, 3.0]})
    assert reply_of(reading(recorded("http"), None)).body == ANSWER


def eval_csv(body: bytes) -> list[float]:
    """The numbers of a line of CSV."""
    return [float(number) for number in body.split(b",")]


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
def test_no_event_makes_the_function_raise_or_fail(event: dict[str, Any]) -> None:
    returned = handler(event, None)
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
