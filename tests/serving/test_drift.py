"""What the log has of requests and answers where DRIFT is on."""

import json
import os
import subprocess
import sys
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta, Struct

from serving.drift import MOST_ROWS, Observer, sketches
from serving.sketches import ACCURACY, LOG_GAMMA, MOST_BYTES, MOST_COLUMNS, Sketch, bucket
from tests.model_directory import REPOSITORY

City = Annotated[str, Meta(extra_json_schema={"enum": ["Oslo", "Rome"]})]
NUMBER = st.floats(1e-300, 1e300)


class Row(Struct):
    """A row of a table."""

    age: float | None
    city: City | None


class Rows(Struct):
    """As models of tables take them."""

    rows: list[Row | tuple[float | None, City | None]]


class Classes(Struct):
    """As classifiers answer."""

    predictions: list[str]
    probabilities: list[dict[str, float]]


def sketched(request: Any, answer: Any = None) -> Any:
    """The sketches of a request and an answer, as JSON has them."""
    answer = answer or Classes(["stays"], [{"stays": 0.9, "leaves": 0.1}])
    found = Observer(type(request), type(answer)).sketches(request, answer)
    return json.loads(msgspec.json.encode(found))


@given(NUMBER)
def test_a_bucket_is_as_wide_as_its_accuracy_says(number: float) -> None:
    gamma = np.exp(LOG_GAMMA)
    middle = 2 * gamma ** bucket(number) / (gamma + 1)  # the paper's estimate, lemma 2
    assert abs(middle - number) <= (ACCURACY + 1e-9) * number


@given(st.lists(NUMBER, min_size=1), st.lists(NUMBER, min_size=1))
def test_sketches_add_up(some: list[float], others: list[float]) -> None:
    sketches = [Sketch(), Sketch(), Sketch()]
    for sketch, numbers in zip(sketches, (some, others, some + others), strict=True):
        for number in numbers:
            sketch.number(number)
    assert sketches[0].buckets + sketches[1].buckets == sketches[2].buckets


def test_rows_by_name_and_in_order_are_the_same_columns() -> None:
    request = Rows(
        [Row(41.0, "Rome"), (41.0, "Oslo"), Row(None, None), (0.0, None), (-41.0, "Rome")]
    )
    found = sketched(request)["requests"]
    key = str(bucket(41.0))
    assert found == {
        "age": {"buckets": {key: 2}, "negative": {key: 1}, "zeros": 1, "missing": 1},
        "city": {"categories": {"Rome": 2, "Oslo": 1}, "missing": 2},
    }


def test_classes_are_counted_by_name_and_chances_in_buckets() -> None:
    found = sketched(Rows([Row(1.0, "Rome")]))["answers"]
    assert found["predictions"] == {"categories": {"stays": 1}}
    assert found["probabilities.leaves"] == {"buckets": {str(bucket(0.1)): 1}}


class Features(Struct):
    """As xgboost-example takes them: a row, or rows."""

    input_X: list[float | Annotated[list[float], Meta(min_length=3, max_length=3)]]


@pytest.mark.parametrize("given", [[1.0, 2.0, 3.0], [[1.0, 2.0, 3.0]]])
def test_each_place_of_a_row_of_numbers_is_a_column(given: Any) -> None:
    found = sketched(Features(given))["requests"]
    assert found == {f"input_X[{n}]": {"buckets": {str(bucket(n + 1.0)): 1}} for n in range(3)}


class Mixed(Struct):
    """A handler's own request."""

    text: str
    kind: Literal["a", "b"]
    is_new: bool
    sizes: list[float]
    extra: Any
    unset: int | msgspec.UnsetType = msgspec.UNSET


def test_a_text_is_a_length_and_what_is_not_known_is_left_out() -> None:
    request = Mixed("a secret of 24 characters"[:24], "a", True, [1.0, 2.0], {"secret": 1})
    found = sketched(request)
    assert found["requests"] == {
        "length of text": {"buckets": {str(bucket(24)): 1}},
        "kind": {"categories": {"a": 1}},
        "is_new": {"categories": {"True": 1}},
        "sizes": {"buckets": {str(bucket(1.0)): 1, str(bucket(2.0)): 1}},
    }
    assert found["left_out"] == 1 and "secret" not in json.dumps(found)


def test_a_long_list_is_counted_in_part_and_a_line_is_bounded() -> None:
    rows = Rows([Row(float(number), "Rome") for number in range(1, 3 * MOST_ROWS)])
    counted = sum(sketched(rows)["requests"]["age"]["buckets"].values())
    assert MOST_ROWS / 2 < counted <= MOST_ROWS
    wide = msgspec.defstruct("Wide", [(f"column_{n}", float) for n in range(MOST_COLUMNS + 30)])
    found = sketched(wide(*np.geomspace(1, 1e9, MOST_COLUMNS + 30).tolist()))
    assert len(found["requests"]) + found["left_out"] == MOST_COLUMNS + 30
    tall = msgspec.defstruct("Tall", [(f"column_{n}", list[float]) for n in range(20)])
    values = [np.geomspace(1e-9, 1e9, 300).tolist() for _ in range(20)]
    found = sketched(tall(*values))
    assert len(json.dumps(found["requests"])) < 1.2 * MOST_BYTES and found["left_out"] > 10


def test_a_fault_is_told_in_its_place() -> None:
    answers = msgspec.json.Decoder(Classes)
    body = b'{"predictions": [], "probabilities": []}'
    assert sketches(Rows, answers, None, body) == {"failed": "AttributeError"}
    assert sketches(Rows, answers, None, b"{}") == {"failed": "ValidationError"}


PROGRAM = """
import sys
from typing import Annotated
from msgspec import Meta, Struct
from serving import api
class Request(Struct):
    x: float
@api
def handler(request: Request) -> dict[str, float]:
    return {"y": request.x}
for _ in range(2):
    handler({"x": 41.23456789}, None)
print([name for name in sys.modules if name.startswith("serving.drift")])
"""


@pytest.mark.parametrize("drift", ["off", "on"])
def test_the_log_has_sketches_only_where_they_are_on(drift: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=REPOSITORY,
        env={**os.environ, "DRIFT": drift},
        capture_output=True,
        text=True,
        check=True,
    )
    *lines, imported = ran.stdout.splitlines()
    assert "41.23" not in ran.stdout
    if drift == "off":
        assert imported == "[]" and all("drift" not in json.loads(line) for line in lines)
        return
    key = str(bucket(41.23456789))
    for line in lines:
        assert json.loads(line)["drift"] == {
            "answers": {"y": {"buckets": {key: 1}}},
            "requests": {"x": {"buckets": {key: 1}}},
        }
