"""Names what is on photographs: `POST {"input_url": "https://…"}`, or the photograph itself."""

import re
from collections.abc import Mapping
from contextvars import ContextVar
from functools import partial
from heapq import nlargest
from time import monotonic
from typing import Annotated, Any

import msgspec
from model import load
from msgspec import UNSET, Meta, UnsetType

from serving import BadRequest, ServingError, api
from serving.photographs import Allowance, pixels

FETCH_SECONDS = 10.0  # for all of a request's URLs together
PREDICT_SECONDS = 3.0  # kept for decoding and predicting, of the time that the call has
MAX_URLS = 16
MAX_URL_LENGTH = 8192
PHOTOGRAPHS = ("image/jpeg", "image/png", "image/webp", "image/gif")
ACCEPT = ", ".join(PHOTOGRAPHS)
COUNT = re.compile("[0-9]{1,9}")

model = load()
MOST_PREDICTIONS = len(model.labels)
DEFAULT_PREDICTIONS = min(5, MOST_PREDICTIONS)
# Reading of `monotonic` at which Lambda gives the call up.
call_ends: ContextVar[float] = ContextVar("call_ends")

Url = Annotated[str, Meta(max_length=MAX_URL_LENGTH)]
Count = Annotated[int, Meta(extra_json_schema={"minimum": 1, "maximum": MOST_PREDICTIONS})]
Prediction = tuple[str, float]
# What JSON Schema can say beside the types: one of the three fields, and what is no JSON.
ONE_OF_THREE = {
    "oneOf": [{"required": [name]} for name in ("input_url", "input_image", "input_urls")]
}
COUNT_SCHEMA = {
    "type": "integer",
    "minimum": 1,
    "maximum": MOST_PREDICTIONS,
    "default": DEFAULT_PREDICTIONS,
}
OPERATION = {
    "parameters": [{"name": "n_predictions", "in": "query", "schema": COUNT_SCHEMA}],
    "requestBody": {
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"image": {}, "n_predictions": COUNT_SCHEMA},
                    "required": ["image"],
                    "additionalProperties": False,
                }
            }
        }
    },
}


class Request(msgspec.Struct, forbid_unknown_fields=True):
    """One of input_url, input_image (base64) and input_urls; how many labels are answered."""

    input_url: Url | UnsetType = UNSET
    input_image: bytes | UnsetType = UNSET
    input_urls: Annotated[list[Url], Meta(min_length=1, max_length=MAX_URLS)] | UnsetType = UNSET
    n_predictions: Count = DEFAULT_PREDICTIONS


class Failure(msgspec.Struct):
    """Why one of several URLs has no predictions."""

    message: str


# A list of [label, percent], best first; for input_urls a list of such lists and failures. JSON
# checkers cannot tell two kinds of lists apart, hence one type for both.
Answer = list[list[str | float | Prediction] | Failure]


def read_body(body: bytes, content_type: str, query: Mapping[str, str]) -> Request:
    """The request of a photograph that is the body; what it is shows in its first bytes."""
    count = _count(query.get("n_predictions", DEFAULT_PREDICTIONS))
    return Request(input_image=body, n_predictions=count)


def read_form(body: bytes, content_type: str, query: Mapping[str, str]) -> Request:
    """The request of a form with the fields `image` and, if it likes, `n_predictions`."""
    from serving.forms import fields

    form = fields(body, content_type)
    count = form.pop("n_predictions", b"").decode("utf-8", "replace")
    if list(form) != ["image"]:
        raise BadRequest("the form must have the field image, and may have n_predictions")
    return read_body(form["image"], content_type, {"n_predictions": count} if count else query)


READERS = {
    **dict.fromkeys(PHOTOGRAPHS, read_body),
    "application/octet-stream": read_body,
    "multipart/form-data": read_form,
}


@api(readers=READERS, operation=OPERATION)
def name(request: Annotated[Request, Meta(extra_json_schema=ONE_OF_THREE)]) -> Answer:
    """Names what is on one photograph, or on each of several."""
    count = _count(request.n_predictions)
    match request:
        case Request(str(url), UnsetType(), UnsetType()):
            return _predictions(_fetched(url, _fetch_deadline()), count)
        case Request(UnsetType(), bytes(content), UnsetType()):
            return _predictions(content, count)
        case Request(UnsetType(), UnsetType(), list(urls)):
            return _predictions_of_each(urls, count)
    raise BadRequest("give one of input_url, input_image and input_urls, and one only")


def handler(event: Any, context: Any) -> Any:
    """Answers Lambda's call, within the time that its context says."""
    left_ms = context.get_remaining_time_in_millis() if context else 1000 * 2 * FETCH_SECONDS
    call_ends.set(monotonic() + left_ms / 1000)
    return name(event, context)


def _count(given: int | str) -> int:
    """How many labels are asked for, whether a number of JSON or text."""
    if not COUNT.fullmatch(str(given)) or not 1 <= int(given) <= MOST_PREDICTIONS:
        raise BadRequest(f"n_predictions must be 1 to {MOST_PREDICTIONS}, got {given}")
    return int(given)


def _fetch_deadline() -> float:
    return min(monotonic() + FETCH_SECONDS, call_ends.get() - PREDICT_SECONDS)


def _predictions(content: bytes, count: int, allowance: Allowance | None = None) -> list[Any]:
    percents = model.predict(pixels(content, model.resize, model.side, allowance))
    best = nlargest(count, range(len(percents)), key=percents.__getitem__)
    return [(model.labels[index], percents[index]) for index in best]


def _predictions_of_each(urls: list[str], count: int) -> Answer:
    """Fetches all at once, and names each as soon as it and those before it are there."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(len(urls)) as threads:
        contents = threads.map(partial(_fetched_or_failure, deadline=_fetch_deadline()), urls)
        allowance = Allowance()
        return [_predictions_or_failure(content, count, allowance) for content in contents]


def _fetched(url: str, deadline: float) -> bytes:
    from serving.urls import fetch

    return fetch(url, deadline, accept=ACCEPT, user_agent="pytorch-example")


def _fetched_or_failure(url: str, deadline: float) -> bytes | Failure:
    try:
        return _fetched(url, deadline)
    except ServingError as error:
        return Failure(str(error))


def _predictions_or_failure(
    content: bytes | Failure, count: int, allowance: Allowance
) -> list[Any] | Failure:
    if isinstance(content, Failure):
        return content
    if monotonic() > call_ends.get() - PREDICT_SECONDS:
        return Failure("the photograph was fetched, but no time was left for it")
    try:
        return _predictions(content, count, allowance)
    except ServingError as error:
        return Failure(str(error))
