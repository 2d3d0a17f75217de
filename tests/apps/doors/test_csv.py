"""Cells of CSV: what is a number, a category, a header, and what it costs to tell."""

import json
from pathlib import Path
from time import process_time
from typing import Any

import pandas as pd
import pytest

from apps.card import Card, Column
from apps.doors import lines
from apps.doors.cells import Cells
from apps.table import MAX_ROWS
from apps.tensors import serve
from engines.onnx import Session
from engines.xgboost import Booster
from tests.engines.onnx.models import identity

from .models import xgboost_model
from .served import Handler, Reply, ask, tabular


def sent(app: Handler, body: str, header: str = "") -> Reply:
    return ask(app, "/invocations", body, content_type=f"text/csv{header}")


def matrix(folder: Path, kind: str, width: int = 3) -> Handler:
    """The app of a network that answers what it is sent."""
    return serve(Session(identity(folder / f"{kind}.onnx", kind, ["N", width])))


@pytest.mark.parametrize(
    "cell", ["1", "-2.5", "+3", ".5", "5.", "1e3", "1E-3", " 7 ", "-inf", "0.1"]
)
def test_a_number_is_what_pandas_reads_as_one(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "cells.csv"
    path.write_text(f"a,b\n{cell},x\n")
    assert lines.number(cell) == pd.read_csv(path)["a"].tolist()[0]


@pytest.mark.parametrize("cell", ["1.5", "-3", "1e3", "1E+2", "9007199254740993"])
def test_a_number_is_what_json_reads_as_one(cell: str) -> None:
    assert lines.number(cell) == json.loads(cell)


@pytest.mark.parametrize(
    "cell", ["\u0661", "\uff11.5", "\xa01", "1_0", "0x10", "1e", ".", "--1", "1,5", "NAN", "1 2"]
)
def test_other_text_is_no_number(cell: str) -> None:
    assert lines.number(cell) == cell


@pytest.mark.timing
def test_digits_without_end_take_no_time_to_refuse() -> None:
    started = process_time()
    assert isinstance(lines.number("1" * 100_000 + "x"), str)
    assert process_time() - started < 0.1


@pytest.mark.parametrize("first", ["1.5,oops,3", "oops,,3", "a,b,NaN", "a,b,0"])
def test_a_first_line_of_text_and_values_is_no_header(tmp_path: Path, first: str) -> None:
    app = matrix(tmp_path, "float32")
    reply = sent(app, f"{first}\n4,5,6")
    assert reply.status == 400
    assert reply.body["message"].startswith(f"the first line of the CSV, {first}, is neither names")
    assert sent(app, f"{first}\n4,5,6", "; header=absent").status == 400
    named = sent(app, f"{first}\n4,5,6", "; header=present")
    assert named.body["predictions"] == {"y": [[4, 5, 6]]}


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("int64", "a,b\n9007199254740993,-2", [[2**53 + 1, -2]]),
        ("uint8", "255,1\n2,3", [[255, 1], [2, 3]]),
        ("bool", "true,False\nTRUE,true", [[True, False], [True, True]]),
        ("bool", "a,b\ntrue,false", [[True, False]]),
        ("bool", "false,true\ntrue,true", [[False, True], [True, True]]),
        ("float64", "1,-2.5", [[1, -2.5]]),
    ],
)
def test_csv_is_for_inputs_of_each_kind_of_number(
    tmp_path: Path, kind: str, body: str, expected: Any
) -> None:
    assert sent(matrix(tmp_path, kind, 2), body).body["predictions"] == {"y": expected}


@pytest.mark.parametrize(
    ("kind", "body"),
    [("uint8", "256,1"), ("int64", "1.5,2"), ("bool", "1,0\ntrue,true"), ("string", "a,b\nc,d")],
)
def test_csv_that_an_input_does_not_hold_is_refused(tmp_path: Path, kind: str, body: str) -> None:
    app = matrix(tmp_path, kind, 2)
    assert [sent(app, body, header).status for header in ("", "; header=absent")] == [400, 400]


@pytest.mark.parametrize(
    ("categories", "cell", "expected"),
    [
        ([False, True], "true", True),
        ([False, True], "TRUE", True),
        ([False, True], "False", False),
        ([False, True], "1", True),
        ([2**53, 2**53 + 1], str(2**53 + 1), 2**53 + 1),
        ([2**53], str(2**53 + 1), str(2**53 + 1)),
        ([2**53 + 1], "9007199254740992.0", "9007199254740992.0"),
        ([3, 1], "1.0", 1),
        ([1e20], "1e20", 1e20),
    ],
)
def test_a_category_is_found_by_what_csv_has_for_it(
    categories: list[Any], cell: str, expected: Any
) -> None:
    (value,) = Cells([Column("c", "categorical", categories)]).values([cell])
    assert (type(value), value) == (type(expected), expected)


@pytest.mark.timing
@pytest.mark.parametrize("cell", ["1", "w9999", "none"])
def test_ten_thousand_categories_cost_a_small_csv_little(tmp_path: Path, cell: str) -> None:
    xgboost_model(tmp_path, 0)
    words = Column("word", "categorical", [f"w{number}" for number in range(10_000)])
    card = Card([words, Column("a"), Column("b")], "number")
    app = tabular(Booster(str(tmp_path / "xgboost-0.ubj")), card, tmp_path)
    sent(app, "w1,2,3")
    body = f"{cell},2,3\n" * (10_000 // len(f"{cell},2,3\n"))
    started = process_time()
    reply = sent(app, body)
    assert process_time() - started < 0.1
    assert reply.status == (200 if cell == "w9999" else 400)


def test_lines_beyond_the_most_rows_are_not_read(tmp_path: Path) -> None:
    trained = xgboost_model(tmp_path, 0)
    app = tabular(trained.engine, trained.card, tmp_path)
    assert len(sent(app, "1,2,3\n" * MAX_ROWS).body["predictions"]) == MAX_ROWS
    reply = sent(app, "1,2,3\n" * (MAX_ROWS + 2) + "no row")
    assert reply.status == 400
    most = f"line {MAX_ROWS + 2} of the CSV: expected at most {MAX_ROWS + 1} lines"
    assert reply.body["message"] == most
