"""Ends a build whose app answers otherwise than the library's own package.

    python -m golden.compare cases.json

Runs where the image's app can be imported, with the image's packages.
"""

import json
import sys
from base64 import b64decode
from collections.abc import Iterator, Sequence
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from typing import Any

from engines.tensor import KINDS, Tensor, nested

TOLERANCE = 1e-6  # where a case has none
TYPES = {kind.name: kind for kind in KINDS.values()}
SHOWN = 600  # characters of a difference
ALONE = 5  # rows that are sent alone too


def main(arguments: Sequence[str]) -> None:
    """Send the requests of a file to the app, and compare."""
    handler = import_module("app").handler
    with open(arguments[0], encoding="utf-8") as file:
        cases = json.load(file)
    compared, unit = 0, "rows" if "rows" in cases[0]["request"] else "requests"
    for case in cases:
        for request, expected in (_whole(case), *_rows_alone(case)):
            with redirect_stdout(StringIO()):  # the app's log
                answer = handler(request, None)
            for difference in differences(expected, answer, case.get("tolerance", TOLERANCE)):
                sys.exit(f"the image answers otherwise than the library: {difference[:SHOWN]}")
            compared += len(request.get("rows", [0]))
    print(f"{compared} {unit} are answered as the library's own package answers them")


def _whole(case: dict[str, Any]) -> tuple[Any, Any]:
    return case["request"], case["answer"]


def _rows_alone(case: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Rows one by one, and as lists, which must be answered like objects."""
    for position, row in enumerate(case["request"].get("rows", [])[:ALONE]):
        answer = {name: [values[position]] for name, values in case["answer"].items()}
        yield {"rows": [list(row.values())]}, answer


def differences(
    expected: Any, actual: Any, tolerance: float = TOLERANCE, place: str = ""
) -> Iterator[str]:
    """Say where two JSON values differ, a sentence each.

    Args:
        expected: by the library; a tensor in base64 has its type.
        actual: what the app answers.
        tolerance: by which numbers may differ; in proportion, for those beyond 1.
        place: what of the answer it is.
    """
    if _is_tensor(expected) and _is_tensor(actual) and expected["shape"] == actual["shape"]:
        yield from differences(_listed(expected), _listed(actual), tolerance, place)
    elif (
        isinstance(expected, dict) and isinstance(actual, dict) and expected.keys() == actual.keys()
    ):
        for name, value in expected.items():
            inside = f"{place}.{name}".removeprefix(".")
            yield from differences(value, actual[name], tolerance, inside)
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for position, value in enumerate(expected):
            yield from differences(value, actual[position], tolerance, f"{place}[{position}]")
    elif not _alike(expected, actual, tolerance):
        yield f"{place or 'the answer'} is {actual}, by the library {expected}"


def _has_keys(value: Any, like: dict[str, Any]) -> bool:
    return isinstance(value, dict) and value.keys() == like.keys()


def _is_tensor(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"shape", "type", "base64"}


def _listed(value: Any) -> Any:
    """The numbers of a tensor in base64; None where one is none."""
    kind, content = TYPES[value["type"]], b64decode(value["base64"])
    numbers = nested(kind, Tensor((len(content) // kind.element_bytes,), content))
    return [None if number != number else number for number in numbers]


def _alike(expected: Any, actual: Any, tolerance: float) -> bool:
    if isinstance(expected, float) and isinstance(actual, (int, float)):
        return expected == actual or abs(expected - actual) <= tolerance * max(1, abs(expected))
    return type(expected) is type(actual) and bool(expected == actual)


if __name__ == "__main__":
    main(sys.argv[1:])
