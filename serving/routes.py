"""What is at a path of a function: an action for each method, how it is told, how it fails.

A model's app registers further paths beside its own:

    handler = api(scale)
    handler.add("/v1/embeddings", Route({"POST": embeddings}, error=openai_error))

An action takes the call and its line of the log, and returns the answer's JSON. What it needs it
imports when it is called: nothing of it belongs to a cold start.
"""

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, NamedTuple, TypeVar

from serving.contract import Contract
from serving.events import Call
from serving.log import Line, milliseconds_since

R = TypeVar("R")
A = TypeVar("A")
Action = Callable[[Call, Line], bytes]


def predict(contract: Contract[R, A], handler: Callable[[R], A], call: Call, line: Line) -> bytes:
    """Answer a call by a handler: its request checked, its answer checked, both timed."""
    started = perf_counter()
    request = contract.request(call)
    line.parse_ms = milliseconds_since(started)
    started = perf_counter()
    answer = handler(request)
    line.predict_ms = milliseconds_since(started)
    return contract.answer(answer)


def message(_status: int, text: str) -> Any:
    """Make the body of an error, as everywhere but where a route has a form of its own."""
    return {"message": text}


def undescribed() -> Mapping[str, Any]:
    """Say nothing of a path but which methods it takes."""
    return {}


class Route(NamedTuple):
    """What is at a path.

    Attributes:
        actions: by method in upper case; HEAD is answered as GET.
        describe: called for the OpenAPI document alone: the path's operations as OpenAPI spells
            them, by method in lower case; of those left out the document names the method alone.
        error: makes the body of an error of its status and message.
    """

    actions: Mapping[str, Action]
    describe: Callable[[], Mapping[str, Any]] = undescribed
    error: Callable[[int, str], Any] = message
