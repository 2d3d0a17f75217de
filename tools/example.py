"""A model's `example.json`: a request, and what its answer must be.

    python3 tools/example.py ./xgboost-example/example.json

checks the file and prints its request.

    {"request": {"input_X": [...]}, "answer": {"prediction": 14.8}, "tolerance": 0.001}

`tolerance` is how far a number of the answer may be off, absolute; 1e-6 where it is not given.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

TOLERANCE = 1e-6


class ExampleError(Exception):
    """An example that cannot be used, or an answer that is not the expected one."""


class Example(NamedTuple):
    """A request's JSON body, the JSON value expected for it, and the slack of its numbers."""

    request: Any
    answer: Any
    tolerance: float = TOLERANCE

    def check(self, status: int, body: str) -> None:
        """Compares an HTTP answer with the expected one.

        Raises:
            ExampleError: a status other than 200, no JSON, or a value that differs: the first one.
        """
        if status != 200:
            raise ExampleError(f"the example was answered with status {status}: {body[:2000]}")
        try:
            answer = json.loads(body)
        except ValueError as error:
            raise ExampleError(f"the answer is not JSON: {body[:2000]}") from error
        for difference in differences(self.answer, answer, self.tolerance):
            raise ExampleError(f"{difference}. The whole answer, for example.json: {body[:20000]}")


def read_example(path: Path) -> Example:
    """An example from its file.

    Raises:
        ExampleError: no file, no JSON, or not the fields named above.
    """
    try:
        return parse_example(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ExampleError(
            f"{path}: {error.strerror}; write one, as base-example/ has it"
        ) from error
    except ValueError as error:
        raise ExampleError(f"{path}: {error}") from error


def parse_example(fields: Any) -> Example:
    """An example from its JSON value.

    Raises:
        ExampleError: a field that is missing, unknown or of the wrong kind.
    """
    if not isinstance(fields, dict) or not {"request", "answer"} <= fields.keys() <= set(
        Example._fields
    ):
        raise ExampleError("example.json must hold `request`, `answer` and perhaps `tolerance`")
    example = Example(**fields)
    if not (_is_number(example.tolerance) and example.tolerance >= 0):
        raise ExampleError(f"tolerance must be a number of at least 0, got {example.tolerance!r}")
    return example


def differences(expected: Any, actual: Any, tolerance: float, at: str = "answer") -> Iterator[str]:
    """Where two JSON values differ, a sentence each; numbers within `tolerance` are the same."""
    if _is_number(expected) and _is_number(actual):
        if not abs(expected - actual) <= tolerance:
            yield f"{at} is {actual}, must be {expected} within {tolerance}"
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


def main(arguments: list[str]) -> int:
    """Prints the request of an example; 1 and the reason where the file is none."""
    try:
        print(json.dumps(read_example(Path(arguments[0])).request))
    except ExampleError as error:
        sys.exit(f"example: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
