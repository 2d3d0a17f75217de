import json
from time import perf_counter
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engines.tensor import Tensor
from tests.model_directory import REPOSITORY, example, import_app, post
from tests.serving.recorded import request

README = (REPOSITORY / "xgboost-example/README.md").read_text()
ROW = example("xgboost-example")["request"]["input_X"]
ONE_TO_THIRTEEN = json.dumps([*range(13)])
FLOAT32_MAX = 3.4028234663852886e38
APP = import_app("xgboost-example")["app"]
FINITE = st.floats(width=32, allow_nan=False, allow_infinity=False)
ROWS = st.lists(FINITE, min_size=13, max_size=13)


def predict(input_x: Any) -> Any:
    return post(APP.handler, json.dumps({"input_X": input_x}))


def with_item(item: str, position: int = 4) -> str:
    """A row of JSON with one item replaced by any text."""
    items = ["1"] * 13
    items[position] = item
    return "[" + ", ".join(items) + "]"


def test_the_example_is_answered_within_1_of_the_true_price() -> None:
    reply = predict(ROW)
    assert reply.status == 200
    assert reply.body.keys() == {"message", "prediction"}
    assert reply.body["message"] == "Succesful Prediction"
    assert reply.body["prediction"] == pytest.approx(14.8, abs=1)


def test_the_table_is_answered_row_by_row_in_its_order(
    table: NDArray[np.float64], xgboost_predictions: list[float]
) -> None:
    reply = predict(table[:, :-1].tolist())
    assert reply.status == 200
    assert reply.body == {"message": "Succesful Prediction", "predictions": xgboost_predictions}


def test_a_batch_of_one_row_is_answered_with_a_list_of_one() -> None:
    assert predict([ROW]).body["predictions"] == [predict(ROW).body["prediction"]]


def test_whole_numbers_are_numbers() -> None:
    assert predict([1] * 13).body == predict([1.0] * 13).body


def test_the_largest_numbers_of_float32_are_taken() -> None:
    assert predict([FLOAT32_MAX, -FLOAT32_MAX] + [0] * 11).status == 200


def test_the_readme_shows_the_real_answer() -> None:
    assert json.dumps({"input_X": ROW}) in README
    assert json.dumps(predict(ROW).body, separators=(",", ":")) in README


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"input_X": ROW[:-1]}),
        json.dumps({"input_X": [ROW, ROW, ROW, []]}),
        json.dumps({"input_X": [ROW, ROW, ROW, [1, 1, 1, 1, "text"] + [1] * 8]}),
        json.dumps({"input_X": [ROW, ROW, ROW, [1, 1, 1, 1, 1e39] + [1] * 8]}),
        json.dumps({"input_X": [float("nan")]}),
        json.dumps({"input_X": [ROW, ROW, 7]}),
        json.dumps({"input_X": []}),
        json.dumps({"input_x": ROW}),
    ],
)
def test_the_readme_has_the_message_of_each_error(body: str) -> None:
    assert f"`{post(APP.handler, body).body['message']}`" in README


@given(rows=st.lists(ROWS, min_size=2, max_size=5))
def test_any_rows_are_answered_as_each_alone(rows: list[list[float]]) -> None:
    alone = [predict(row).body["prediction"] for row in rows]
    assert predict(rows).body["predictions"] == alone


NOT_NUMBERS = {
    "text": '"7"',
    "null": "null",
    "true": "true",
    "false": "false",
    "an object": "{}",
    "an empty list": "[]",
    "a nested list": "[1]",
    "beyond float32": "1e39",
    "below float32": "-1e39",
    "beyond float64": "1e999",
    "a whole number beyond float32": "1" + "0" * 39,
}


@pytest.mark.parametrize("item", NOT_NUMBERS.values(), ids=NOT_NUMBERS)
def test_what_is_no_number_is_refused_with_its_position_in_the_row(item: str) -> None:
    reply = post(APP.handler, f'{{"input_X": {with_item(item)}}}')
    assert reply.status == 400
    assert reply.body["message"].startswith("input_X[4]: ")


@pytest.mark.parametrize("item", NOT_NUMBERS.values(), ids=NOT_NUMBERS)
def test_what_is_no_number_is_refused_with_its_position_in_the_batch(item: str) -> None:
    rows = ", ".join([ONE_TO_THIRTEEN] * 3 + [with_item(item, 11)])
    reply = post(APP.handler, f'{{"input_X": [{rows}]}}')
    assert reply.status == 400
    assert reply.body["message"].startswith("input_X[3][11]: ")


@pytest.mark.parametrize("item", ["NaN", "Infinity", "-Infinity", "nan", "01", "1_0"])
def test_numbers_that_json_does_not_have_are_refused_with_their_byte(item: str) -> None:
    reply = post(APP.handler, f'{{"input_X": {with_item(item, 0)}}}')
    assert reply.status == 400
    assert "byte 1" in reply.body["message"]


WRONG_SHAPES: dict[str, tuple[Any, str]] = {
    "nothing": ([], "input_X: expected array of length >= 1"),
    "12 numbers": (ROW[:-1], "input_X: a row has 13 numbers, got 12"),
    "14 numbers": ([*ROW, 1], "input_X: a row has 13 numbers, got 14"),
    "an empty row": ([[]], "input_X[0]: expected array of length >= 13"),
    "a short row": ([ROW, ROW[1:]], "input_X[1]: expected array of length >= 13"),
    "a long row": ([ROW, [*ROW, 1]], "input_X[1]: expected array of length <= 13"),
    "nested too deep": ([[ROW]], "input_X[0][0]: expected float, got array"),
    "10,001 rows": ([ROW] * 10_001, "input_X: expected array of length <= 10000"),
    "a number at last": ([ROW, 7], "input_X[1]: must be a list, like input_X[0]"),
    "a row at last": ([7, 7, ROW], "input_X[2]: must be a number, like input_X[0]"),
    "null": (None, "input_X: expected array, got null"),
    "text": ("text", "input_X: expected array, got str"),
    "a number": (7, "input_X: expected array, got int"),
    "an object": ({"CRIM": 1}, "input_X: expected array, got object"),
}


@pytest.mark.parametrize(("input_x", "message"), WRONG_SHAPES.values(), ids=WRONG_SHAPES)
def test_a_wrong_shape_is_refused_with_its_position(input_x: Any, message: str) -> None:
    reply = predict(input_x)
    assert reply.status == 400
    assert reply.body == {"message": message}


@pytest.mark.parametrize(
    ("body", "field"),
    [("{}", "input_X"), ('{"input_x": []}', "input_x"), ('{"input_X": [1], "n": 1}', "n")],
)
def test_missing_and_unknown_fields_are_refused_by_name(body: str, field: str) -> None:
    reply = post(APP.handler, body)
    assert reply.status == 400
    assert f"field {field}" in reply.body["message"]


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda items: st.lists(items) | st.dictionaries(st.text(), items),
    )
)
def test_whatever_is_sent_gets_a_prediction_or_a_400(value: Any) -> None:
    reply = predict(value)
    assert reply.status in (200, 400)
    assert reply.body["message"]


@pytest.mark.timing
def test_10_000_rows_cost_less_than_twice_what_xgboost_takes(
    modules: dict[str, ModuleType], table: NDArray[np.float64]
) -> None:
    rows = np.resize(table[:, :-1], (10_000, 13))
    tensor = Tensor(rows.shape, rows.astype(np.float32).tobytes())
    booster = modules["model"].load()
    event = request("rest", json.dumps({"input_X": rows.tolist()}))
    calls = (lambda: booster.run([tensor]), lambda: APP.handler(event, None))
    seconds = [[seconds_of(call) for call in calls] for _ in range(20)]  # in turns
    xgboost_seconds, app_seconds = map(min, zip(*seconds, strict=True))
    assert app_seconds < 2 * xgboost_seconds


def seconds_of(call: Any) -> float:
    """Seconds that a call takes."""
    started = perf_counter()
    call()
    return perf_counter() - started
