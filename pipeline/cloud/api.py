"""The deployed API: where it answers, and one request to it."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import NamedTuple

from pipeline.commands import note

TIMEOUT_SECONDS = 60
SETTLING_SECONDS = 60
POLL_SECONDS = 2
FORBIDDEN, SERVER_ERROR = 403, 500


Authorize = Callable[[str, bytes], Mapping[str, str]]


def everyone(url: str, body: bytes) -> dict[str, str]:
    """Give no header: anyone may call."""
    return {}


class Answer(NamedTuple):
    """What a request was answered with, and the milliseconds until it was read."""

    status: int
    body: str
    took_ms: float


def post(url: str, request: object, authorize: Authorize = everyone) -> Answer:
    """POST a JSON value, whatever the status of the answer.

    Args:
        url: of the model.
        request: the JSON value.
        authorize: gives further headers, from the URL and the body.

    Raises:
        OSError: no connection, or no answer in time.
    """
    body = json.dumps(request).encode()
    headers = {"Content-Type": "application/json", **authorize(url, body)}
    message = urllib.request.Request(url, body, headers)
    started = time.monotonic()
    try:
        with urllib.request.urlopen(message, timeout=TIMEOUT_SECONDS) as answer:
            status, said = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, said = error.code, error.read().decode(errors="replace")
    return Answer(status, said, (time.monotonic() - started) * 1000)


def post_when_settled(url: str, request: object, authorize: Authorize = everyone) -> Answer:
    """POST as `post` does, but wait for a new API, a new permission or an idle function.

    API Gateway answers 403 until a new API is everywhere, and 5xx until it may call the function;
    the first call to a function that was idle for weeks fails.
    """
    deadline = time.monotonic() + SETTLING_SECONDS
    answer = post(url, request, authorize)
    while _may_settle(answer.status) and time.monotonic() < deadline:
        note(f"status {answer.status}, the API may not be ready yet: trying again")
        time.sleep(POLL_SECONDS)
        answer = post(url, request, authorize)
    return answer


def _may_settle(status: int) -> bool:
    return status == FORBIDDEN or status >= SERVER_ERROR
