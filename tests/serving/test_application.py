"""A call is answered, or its caller is told what is wrong, the same by whichever way it came."""

import json
from collections.abc import Callable
from typing import NoReturn

import pytest

from serving import BadRequest, Unprocessable, api
from serving.events import MAX_ALB_REPLY_BYTES, MAX_BODY_BYTES, MAX_REPLY_BYTES
from tests.serving.recorded import HTTP_EVENTS, recorded, reply_of, request, with_base64
from tests.serving.toy_model import ANSWER, Answer, Request, scale

handler = api(scale)


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_every_http_event_gets_the_answer(name: str) -> None:
    reply = reply_of(handler(recorded(name), None))
    assert (reply.status, reply.body) == (200, ANSWER)
    assert reply.headers["Content-Type"] == "application/json"


def test_a_direct_call_gets_the_bare_answer() -> None:
    assert handler(recorded("invoke"), None) == ANSWER


def test_the_handler_itself_can_still_be_called() -> None:
    assert handler.__wrapped__(Request([1.0, 2.0, 3.0])) == Answer([1.0, 2.0, 3.0])


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
    reply = reply_of(handler(with_base64(recorded(name), "eyJ"), None))
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
def test_an_answer_that_the_door_cannot_carry_is_413(name: str) -> None:
    door, limit = ("Lambda", MAX_REPLY_BYTES)
    if name.startswith("alb"):
        door, limit = ("a load balancer", MAX_ALB_REPLY_BYTES)

    @api
    def large(request: Request) -> str:
        return "x" * limit

    reply = reply_of(large(recorded(name), None))
    assert reply.status == 413
    assert reply.body["message"].endswith(f"bytes, {door} carries at most {limit}")


def test_an_answer_that_is_not_finite_is_a_500() -> None:
    reply = reply_of(
        handler(request("rest", body='{"input_X": [1e308, 1, 1], "scale": 100}'), None)
    )
    assert reply.status == 500
