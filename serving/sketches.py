"""What is counted of one request and its answer: a sketch for each column, and no value itself.

A number is counted in a bucket that is 5 % wide to each side. Sketches of one model add up: the
counts of each bucket do.
Source: DDSketch, Masson, Rim and Lee 2019, https://www.vldb.org/pvldb/vol12/p2195-masson.pdf
"""

from collections import Counter
from math import ceil, log
from typing import Any

import msgspec

ACCURACY = 0.05
LOG_GAMMA = log((1 + ACCURACY) / (1 - ACCURACY))
MOST_COLUMNS = 100
MOST_CATEGORIES = 50
LONGEST_CATEGORY = 64
MOST_BYTES = 8000
OTHERS = "(others)"


def bucket(number: float) -> int:
    """The bucket of a positive number: those of it are at most gamma ** bucket."""
    return ceil(log(number) / LOG_GAMMA)


class Sketch:
    """What is known of one column."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.buckets: Counter[int] = Counter()
        self.negative: Counter[int] = Counter()  # by the bucket of the absolute value
        self.categories: Counter[str] = Counter()
        self.zeros = self.missing = 0

    def number(self, value: float) -> None:
        """Count a number."""
        if value > 0:
            self.buckets[bucket(value)] += 1
        elif value < 0:
            self.negative[bucket(-value)] += 1
        else:
            self.zeros += 1

    def category(self, name: str) -> None:
        """Count a category."""
        known = name in self.categories or len(self.categories) < MOST_CATEGORIES
        self.categories[name if known and len(name) <= LONGEST_CATEGORY else OTHERS] += 1

    def counts(self) -> dict[str, Any]:
        """Give what was counted, without what was not."""
        found = {
            "buckets": {str(key): count for key, count in sorted(self.buckets.items())},
            "negative": {str(key): count for key, count in sorted(self.negative.items())},
            "zeros": self.zeros,
            "categories": dict(self.categories),
            "missing": self.missing,
        }
        return {name: value for name, value in found.items() if value}


class Sketches:
    """The columns of a request, or of an answer."""

    def __init__(self) -> None:
        """Begin with none."""
        self.columns: dict[str, Sketch] = {}
        self.left_out: set[str] = set()

    def of(self, name: str) -> Sketch:
        """Give the sketch of a column; one that goes nowhere where there are too many."""
        found = self.columns.get(name)
        if found is None:
            found = Sketch()
            if len(self.columns) < MOST_COLUMNS:
                self.columns[name] = found
            else:
                self.left_out.add(name)
        return found


def fitting(requests: Sketches, answers: Sketches) -> dict[str, Any]:
    """Give the columns that fit into the line, the answers' first, and count the others."""
    left_out, room = len(requests.left_out) + len(answers.left_out), MOST_BYTES
    found: dict[str, Any] = {"answers": {}, "requests": {}}
    for part, sketches in (("answers", answers), ("requests", requests)):
        for name, sketch in sketches.columns.items():
            counts = sketch.counts()
            room -= len(msgspec.json.encode({name: counts}))
            if room < 0:
                left_out += 1
            else:
                found[part][name] = counts
    return {**found, "left_out": left_out} if left_out else found
