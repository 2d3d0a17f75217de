"""The deployed API: where it answers, and one request to it."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import NamedTuple

from pipeline.commands import note

TIMEOUT_SECONDS = 60
SETTLING_SECONDS = 30
POLL_SECONDS = 2


class Answer(NamedTuple):
    """What a request was answered with, and the milliseconds until it was read."""

    status: int
    body: str
    took_ms: float


def post(url: str, request: object) -> Answer:
    """POST a JSON value, whatever the status of the answer.

    Raises:
        OSError: no connection, or no answer in time.
    """
    headers = {"Content-Type": "application/json"}
    message = urllib.request.Request(url, json.dumps(request).encode(), headers)
    started = time.monotonic()
    try:
        with urllib.request.urlopen(message, timeout=TIMEOUT_SECONDS) as answer:
            status, body = answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        status, body = error.code, error.read().decode(errors="replace")
    return Answer(status, body, (time.monotonic() - started) * 1000)


def post_when_settled(url: str, request: object) -> Answer:
    """POST as `post` does, but wait for a new API: API Gateway answers 403 until it is there."""
    deadline = time.monotonic() + SETTLING_SECONDS
    answer = post(url, request)
    while answer.status == 403 and time.monotonic() < deadline:
        note("status 403, the API may not be everywhere yet: trying again")
        time.sleep(POLL_SECONDS)
        answer = post(url, request)
    return answer
