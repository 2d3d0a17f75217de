"""The golden request of a model, in its `example.json`: a request, and what it is answered with.

    {"request": {"input_X": [...]}, "answer": {"prediction": 14.8}, "tolerance": 0.001}

`tolerance` is how far a number of the answer may be off, absolute; 1e-6 where it is not given. That
holds for the numbers of a tensor too, `{"shape": [2], "type": "float32", "base64": "…"}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.errors import GoldenError
from pipeline.model.tensor import is_tensor, numbers

FILE = "example.json"
REQUESTS = "requests"  # the folder of further ones; without an answer, the live version's counts
MOST_REQUESTS = 50
TOLERANCE = 1e-6
# Lambda's limit on the event of a synchronous call, in which a body is text in quotes.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
MAX_EVENT_BYTES = 6_291_456
ENVELOPE_BYTES = 4096  # what API Gateway adds: the request's headers and its context


class Golden(NamedTuple):
    """A request's JSON body, the JSON value expected for it, and the slack of its numbers."""

    request: Any
    answer: Any
    tolerance: float = TOLERANCE

    def check(self, status: int, body: str) -> None:
        """Compare an HTTP answer with the expected one.

        Raises:
            GoldenError: a status other than 200, no JSON, or a value that differs: the first one.
        """
        if status != 200:
            raise GoldenError(
                f"the golden request was answered with status {status}: {body[:2000]}"
            )
        try:
            answer = json.loads(body)
        except ValueError as error:
            raise GoldenError(f"the answer is not JSON: {body[:2000]}") from error
        for difference in differences(self.answer, answer, self.tolerance):
            raise GoldenError(f"{difference}. The whole answer, for example.json: {body[:20000]}")


def read_golden(path: Path) -> Golden:
    """Read the golden request of a file.

    Raises:
        GoldenError: no file, no JSON, or not the fields named above.
    """
    try:
        return parse_golden(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise GoldenError(
            f"{path}: {error.strerror}; write one, as base-example/ has it"
        ) from error
    except ValueError as error:
        raise GoldenError(f"{path}: {error}") from error


def parse_golden(fields: Any) -> Golden:
    """Make a golden request of a JSON value.

    Raises:
        GoldenError: a field that is missing, unknown or of the wrong kind.
    """
    if not isinstance(fields, dict) or not {"request", "answer"} <= fields.keys() <= set(
        Golden._fields
    ):
        raise GoldenError("example.json must hold `request`, `answer` and perhaps `tolerance`")
    golden = Golden(**fields)
    if not (_is_number(golden.tolerance) and golden.tolerance >= 0):
        raise GoldenError(f"tolerance must be a number of at least 0, got {golden.tolerance!r}")
    _check_size(golden.request)
    return golden


def read_requests(folder: Path) -> dict[str, Golden]:
    """Read the further requests of a model, by the names of their files.

    Raises:
        GoldenError: one is no JSON, or not of the form of a golden request; or too many, too much.
    """
    files = sorted(folder.glob("*.json"))
    if len(files) > MOST_REQUESTS:
        raise GoldenError(f"{folder} has {len(files)} requests, at most {MOST_REQUESTS} are asked")
    found = {}
    for file in files:
        try:
            found[file.name] = parse_request(json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, GoldenError) as error:
            raise GoldenError(f"{file}: {error}") from error
    return found


def parse_request(fields: Any) -> Golden:
    """Make a request of a JSON value; its answer is None where it has none.

    Raises:
        GoldenError: a field that is missing, unknown or of the wrong kind.
    """
    if isinstance(fields, dict) and "request" in fields:
        return parse_golden({"answer": None, **fields})
    raise GoldenError("it must hold `request`, and perhaps `answer` and `tolerance`")


def _check_size(request: Any) -> None:
    """Refuse a request before it is sent, since Lambda would not take it."""
    event_bytes = len(json.dumps(json.dumps(request))) + ENVELOPE_BYTES
    if event_bytes > MAX_EVENT_BYTES:
        raise GoldenError(
            f"the golden request makes an event of {event_bytes:,} bytes, and Lambda takes"
            f" {MAX_EVENT_BYTES:,} at most: ask for less in {FILE}, such as fewer rows, a smaller"
            " photograph, or tensors in base64 of a narrower type"
        )


def differences(expected: Any, actual: Any, tolerance: float, at: str = "answer") -> Iterator[str]:
    """Say where two JSON values differ, a sentence each; numbers within `tolerance` are alike."""
    if _is_number(expected) and _is_number(actual):
        if not abs(expected - actual) <= tolerance and expected != actual:
            yield f"{at} is {actual}, must be {expected} within {tolerance}"
    elif is_tensor(expected) and is_tensor(actual):
        yield from differences(numbers(expected), numbers(actual), tolerance, at)
    elif isinstance(expected, dict) and isinstance(actual, dict):
        if expected.keys() != actual.keys():
            yield f"{at} has the fields {sorted(actual)}, must have {sorted(expected)}"
        for name in expected.keys() & actual.keys():
            yield from differences(expected[name], actual[name], tolerance, f"{at}.{name}")
    elif isinstance(expected, list) and isinstance(actual, list):
        if len(expected) != len(actual):
            yield f"{at} has {len(actual)} elements, must have {len(expected)}"
        for index, pair in enumerate(zip(expected, actual)):
            yield from differences(*pair, tolerance, f"{at}[{index}]")
    elif type(expected) is not type(actual) or expected != actual:
        yield f"{at} is {json.dumps(actual)[:200]}, must be {json.dumps(expected)[:200]}"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
