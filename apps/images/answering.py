"""Answers requests for photographs: their own bytes, or those at URLs, fetched within the time."""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

import msgspec

from apps.images.requests import PHOTOGRAPHS, Requests
from serving import BadRequest, ServingError, api
from serving.photographs import Allowance

if TYPE_CHECKING:
    from serving.routes import Route

FETCH_SECONDS = 10.0  # for all of a request's URLs together
PREDICT_SECONDS = 3.0  # kept for decoding and predicting, of the time that the call has
ACCEPT = ", ".join(PHOTOGRAPHS)
# Of a photograph's bytes, how many labels are asked for, and what decoding may cost.
Look = Callable[[bytes, int, Allowance | None], Any]
# Reading of `monotonic` at which Lambda gives the call up.
call_ends: ContextVar[float] = ContextVar("call_ends")


class Failure(msgspec.Struct):
    """Why one of several URLs has no answer."""

    message: str


class Photographs:
    """What a request's photographs are answered with."""

    def __init__(self, look: Look, requests: Requests, user_agent: str) -> None:
        """Answer each photograph with what `look` sees in it.

        Args:
            look: what to answer to one photograph.
            requests: what the model takes.
            user_agent: what the servers of URLs are told.
        """
        self._look, self._requests, self._user_agent = look, requests, user_agent

    def answer(self, request: Any) -> Any:
        """Answer one photograph, or each of several, a failure among them with its message.

        Raises:
            ServingError: the one photograph cannot be had, or is not one.
        """
        count = self._requests.count(request)
        match request.input_url, request.input_image, request.input_urls:
            case str(url), msgspec.UnsetType(), msgspec.UnsetType():
                return self._look(self._fetched(url, _fetch_deadline()), count, None)
            case msgspec.UnsetType(), bytes(content), msgspec.UnsetType():
                return self._look(content, count, None)
            case msgspec.UnsetType(), msgspec.UnsetType(), list(urls):
                return self._each(urls, count)
        raise BadRequest("give one of input_url, input_image and input_urls, and one only")

    def _each(self, urls: list[str], count: int) -> list[Any]:
        """Fetch all at once, and look at each as soon as it and those before it are there."""
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(len(urls)) as threads:
            fetched = partial(self._fetched_or_failure, deadline=_fetch_deadline())
            contents = threads.map(fetched, urls)
            allowance = Allowance()
            return [self._seen_or_failure(content, count, allowance) for content in contents]

    def _fetched(self, url: str, deadline: float) -> bytes:
        from serving.urls import fetch

        return fetch(url, deadline, accept=ACCEPT, user_agent=self._user_agent)

    def _fetched_or_failure(self, url: str, deadline: float) -> bytes | Failure:
        try:
            return self._fetched(url, deadline)
        except ServingError as error:
            return Failure(str(error))

    def _seen_or_failure(self, content: bytes | Failure, count: int, allowance: Allowance) -> Any:
        if isinstance(content, Failure):
            return content
        if monotonic() > call_ends.get() - PREDICT_SECONDS:
            return Failure("the photograph was fetched, but no time was left for it")
        try:
            return self._look(content, count, allowance)
        except ServingError as error:
            return Failure(str(error))


def serve_photographs(
    look: Look,
    requests: Requests,
    answer_type: Any,
    description: str,
    user_agent: str,
    facts: Callable[[], Mapping[str, Any]] = dict,
    doors: "Callable[[], Mapping[str, Route]]" = dict,
) -> Callable[[Any, Any], Any]:
    """Make the Lambda function of a model of photographs.

    Args:
        look: what to answer to one photograph.
        requests: what the model takes.
        answer_type: of one photograph, and of several.
        description: of the model, a sentence.
        user_agent: what the servers of URLs are told.
        facts: what the model card says of the engine.
        doors: makes the routes beside the model's own.
    """
    photographs = Photographs(look, requests, user_agent)

    def answer(request: Any) -> Any:
        return photographs.answer(request)

    answer.__annotations__ = {"request": requests.type, "return": answer_type}
    answer.__doc__ = description
    described = api(readers=requests.readers, operation=requests.operation, facts=facts)
    answered = described(answer)
    answered.later(doors)

    def handler(event: Any, context: Any) -> Any:
        """Answer Lambda's call, within the time that its context says."""
        left_ms = context.get_remaining_time_in_millis() if context else 1000 * 2 * FETCH_SECONDS
        call_ends.set(monotonic() + left_ms / 1000)
        return answered(event, context)

    return handler


def _fetch_deadline() -> float:
    return min(monotonic() + FETCH_SECONDS, call_ends.get() - PREDICT_SECONDS)
