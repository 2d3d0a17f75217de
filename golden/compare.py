"""Ends a build whose app answers otherwise than the library's own package.

    python -m golden.compare cases.json

Runs where the image's app can be imported, with the image's packages.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from typing import Any

TOLERANCE = 1e-6
SHOWN = 600  # characters of a difference
ALONE = 5  # rows that are sent alone too


def main(arguments: Sequence[str]) -> None:
    """Send the requests of a file to the app, and compare."""
    handler = import_module("app").handler
    with open(arguments[0], encoding="utf-8") as file:
        cases = json.load(file)
    compared = 0
    for case in cases:
        for request, expected in (_whole(case), *_rows_alone(case)):
            with redirect_stdout(StringIO()):  # the app's log
                answer = handler(request, None)
            for difference in differences(expected, answer):
                sys.exit(f"the image answers otherwise than the library: {difference[:SHOWN]}")
            compared += len(request["rows"])
    print(f"{compared} rows are answered as the library's own package answers them")


def _whole(case: dict[str, Any]) -> tuple[Any, Any]:
    return case["request"], case["answer"]


def _rows_alone(case: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Rows one by one, and as lists, which must be answered like objects."""
    for position, row in enumerate(case["request"]["rows"][:ALONE]):
        answer = {name: [values[position]] for name, values in case["answer"].items()}
        yield {"rows": [list(row.values())]}, answer


def differences(expected: Any, actual: Any, place: str = "") -> Iterator[str]:
    """Say where two JSON values differ, a sentence each."""
    if isinstance(expected, dict) and isinstance(actual, dict) and expected.keys() == actual.keys():
        for name, value in expected.items():
            yield from differences(value, actual[name], f"{place}.{name}".removeprefix("."))
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for position, value in enumerate(expected):
            yield from differences(value, actual[position], f"{place}[{position}]")
    elif not _alike(expected, actual):
        yield f"{place or 'the answer'} is {actual}, by the library {expected}"


def _alike(expected: Any, actual: Any) -> bool:
    if isinstance(expected, float) and isinstance(actual, (int, float)):
        return expected == actual or abs(expected - actual) <= TOLERANCE * max(1, abs(expected))
    return type(expected) is type(actual) and bool(expected == actual)


if __name__ == "__main__":
    main(sys.argv[1:])
