"""Ends a build whose app answers otherwise than transformers' own package.

    python -m golden.text.compare cases.json exact

Runs where the image's app can be imported, with the image's packages. `int8` is not equal: its loss
is told, and ends the build beyond a bound.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from math import inf, isfinite, sqrt
from typing import Any, NamedTuple

BATCH = 64
TOLERANCE = 1e-4  # of a number, where the weights are exact
LEAST_COSINE = {"exact": 0.9999, "int8": 0.95}
MOST_CHANGED = {"exact": 0.0, "int8": 0.05}  # of the labels, a share
Row = list[float]


class Loss(NamedTuple):
    """How far answers are from the library's.

    Attributes:
        difference: the greatest of a number.
        cosine: the least of a row with the library's.
        mean_cosine: of all rows.
        changed: the share of rows whose greatest number is another.
        worst: the position of the row with the greatest difference.
    """

    difference: float
    cosine: float
    mean_cosine: float
    changed: float
    worst: int


def main(arguments: Sequence[str]) -> None:
    """Send the texts of a file to the app, each alone and in batches, and compare."""
    path, precision = arguments
    handler = import_module("app").handler
    with open(path, encoding="utf-8") as file:
        cases = json.load(file)
    for size in (1, BATCH):
        rows = [row for answer in _answers(handler, cases["texts"], size) for row in answer]
        loss, labels = measure(cases["rows"], rows), "label" in _gives(handler)
        print(f"- {len(rows)} texts in batches of {size}, by transformers: {_told(loss, labels)}")
        if problem := broken_bound(loss, precision, labels):
            text = cases["texts"][loss.worst]
            sys.exit(
                f"the image answers otherwise than transformers in batches of {size}: {problem};"
                f" the text that differs most is {text[:200]!r}"
            )


def measure(expected: Sequence[Row], actual: Sequence[Row]) -> Loss:
    """Compare rows with the library's."""
    pairs = list(zip(expected, actual, strict=True))
    differences = [_difference(*pair) for pair in pairs]
    cosines = [_cosine(*pair) for pair in pairs]
    changed = sum(one.index(max(one)) != other.index(max(other)) for one, other in pairs)
    return Loss(
        max(differences),
        min(cosines),
        sum(cosines) / len(cosines),
        changed / len(pairs),
        differences.index(max(differences)),
    )


def broken_bound(loss: Loss, precision: str, labels: bool) -> str:
    """Say which bound a loss breaks; empty for none."""
    if precision == "exact" and not loss.difference <= TOLERANCE:
        return f"a number is {loss.difference:.6f} off, at most {TOLERANCE} is taken"
    if not labels and not loss.cosine >= LEAST_COSINE[precision]:
        return f"a cosine is {loss.cosine:.4f}, at least {LEAST_COSINE[precision]} is taken"
    if labels and loss.changed > MOST_CHANGED[precision]:
        return f"{loss.changed:.1%} of the labels change, {MOST_CHANGED[precision]:.0%} are taken"
    return ""


def _answers(handler: Callable[..., Any], texts: list[str], size: int) -> Iterator[list[Row]]:
    for start in range(0, len(texts), size):
        with redirect_stdout(StringIO()):  # the app's log
            answer = handler({"inputs": texts[start : start + size]}, None)
        if "status" in answer:
            sys.exit(f"the image refuses texts: {answer['message']}")
        found = answer.get("embeddings") or answer.get("probabilities") or answer["predictions"]
        yield [list(row.values()) if isinstance(row, dict) else row for row in found]


def _gives(handler: Any) -> str:
    """Name the answer's type in lower case: embeddings, label, labels or numbers."""
    return str(handler.__wrapped__.__annotations__["return"].__name__).lower()


def _difference(one: Row, other: Row) -> float:
    found = [abs(a - b) for a, b in zip(one, other, strict=True)]
    return max(found) if all(map(isfinite, found)) else inf


def _cosine(one: Row, other: Row) -> float:
    if not all(map(isfinite, other)):
        return -1.0
    product = sum(a * b for a, b in zip(one, other, strict=True))
    return product / (sqrt(sum(a * a for a in one)) * sqrt(sum(b * b for b in other)) or 1.0)


def _told(loss: Loss, labels: bool) -> str:
    if labels:
        return f"numbers within {loss.difference:.2g}, {loss.changed:.1%} of the labels change"
    cosines = f"cosine at least {loss.cosine:.5f}, {loss.mean_cosine:.5f} on average"
    return f"numbers within {loss.difference:.2g}, {cosines}"


if __name__ == "__main__":
    main(sys.argv[1:])
