"""What Python returns and JSON cannot carry is a 500, and the log names the place."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from serving import api
from serving.contract import Contract
from tests.serving.recorded import HTTP_EVENTS, recorded, reply_of


class Row(msgspec.Struct):
    """A row of an answer."""

    name: Any
    numbers: Any


@dataclass
class Plain:
    """An answer that is no struct."""

    inner: Any


class Quarrelsome:
    """What cannot even be shown."""

    def __repr__(self) -> str:
        raise ValueError

    def tolist(self) -> Any:
        raise KeyError("no list")


def numbers() -> Iterator[int]:
    yield 1


async def later() -> int:
    return 1


def endless() -> list[Any]:
    found: list[Any] = []
    found.append(found)
    return found


ANSWERS: dict[str, tuple[Any, str]] = {
    "a bool key": ({True: 1}, "the answer[True], a key of the type bool, cannot be JSON"),
    "a None key": ({"a": {None: 1}}, "the answer['a'][None], a key of the type NoneType,"),
    "a tuple key": ([{}, {(1, 2): 1}], "the answer[1][(1, 2)], a key of the type tuple,"),
    "an object": (object(), "the answer, of the type object, cannot be JSON"),
    "a generator": ({"a": numbers()}, "the answer['a'], of the type generator,"),
    "a function": ([1, [2, numbers]], "the answer[1][1], of the type function,"),
    "in a struct": (Row("a", [1, {"b": 3j}]), "the answer.numbers[1]['b'], of the type complex,"),
    "in a dataclass": (Plain({1: Ellipsis}), "the answer.inner[1], of the type ellipsis,"),
    "a surrogate": (Row("\ud800", []), "the answer.name, of the type str, cannot be JSON"),
    "a surrogate in a key": ({"\ud800": 1}, "a key of the type str,"),
    "in a set": ({(1, 2j)}, "[0][1], of the type complex,"),
    "without an end": (endless(), ", without an end, cannot be JSON"),
    "an error in tolist": ([Quarrelsome()], "the answer[0], of the type Quarrelsome,"),
}


@pytest.mark.parametrize(("answer", "place"), ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize("name", [*HTTP_EVENTS, "invoke"])
def test_an_answer_that_cannot_be_json_is_a_500_with_its_place_in_the_log(
    name: str, answer: Any, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    @api
    def handler(request: Any) -> Any:
        return answer

    returned = handler(recorded(name), None)
    if name == "invoke":
        assert returned == {"status": 500, "message": "Internal server error"}
    else:
        reply = reply_of(returned)
        assert (reply.status, reply.body) == (500, {"message": "Internal server error"})
    last = json.loads(capsys.readouterr().out)["traceback"].rstrip().splitlines()[-1]
    assert place.replace("\ud800", "?") in last
    assert len(last) < 1000


def test_a_coroutine_is_not_awaited_but_named() -> None:
    def handler(request: Any) -> Any:
        return None

    coroutine = later()
    with pytest.raises(TypeError, match="the answer, of the type coroutine, cannot be JSON"):
        Contract(handler, {}).answer(coroutine)
    coroutine.close()


@pytest.mark.parametrize(
    ("annotation", "answer", "place"),
    [
        (dict[str, float], {"a": "b"}, r"the answer's \[...\]: expected float, got str"),
        (list[Row], [Row(1, 2), 3], r"the answer's \[1\]: expected object, got int"),
        (float, None, "the answer's Expected float, got null"),
        (bool, 1, "the answer's Expected bool, got int"),
    ],
)
def test_an_answer_of_another_type_is_named_too(annotation: Any, answer: Any, place: str) -> None:
    def handler(request: Any) -> Any:
        return None

    handler.__annotations__["return"] = annotation
    with pytest.raises(TypeError, match=place):
        Contract(handler, {}).answer(answer)
