"""What a model was trained on, as requests of it."""

from pathlib import Path
from typing import Any

import pytest

from pipeline.baseline import MOST_ROWS, requests
from pipeline.errors import GivenError

GOLDEN = {"rows": [{"age": 41.5, "city": "Rome", "is_new": True}]}


def table(folder: Path, text: str) -> Path:
    file = folder / "training.csv"
    file.write_text(text)
    return file


def test_rows_of_a_table_become_requests_without_what_the_model_does_not_take(
    tmp_path: Path,
) -> None:
    file = table(tmp_path, "leaves,city,age,is_new\n1,Rome,41,true\n0,,2.5,0\n0,7,,\n")
    assert list(requests(file, GOLDEN)) == [
        {
            "rows": [
                {"age": 41, "city": "Rome", "is_new": True},
                {"age": 2.5, "city": None, "is_new": False},
                {"age": None, "city": "7", "is_new": None},
            ]
        }
    ]


def test_a_request_that_is_a_row_itself_is_sent_for_each(tmp_path: Path) -> None:
    file = table(tmp_path, "eruption_minutes,waiting\n3.6,79\n1.8,54\n")
    sent = list(requests(file, {"eruption_minutes": 3.6}))
    assert sent == [{"eruption_minutes": 3.6}, {"eruption_minutes": 1.8}]


def test_of_a_long_table_some_rows_are_sent_evenly(tmp_path: Path) -> None:
    file = table(tmp_path, "x\n" + "".join(f"{n}\n" for n in range(3 * MOST_ROWS)))
    rows = [row["x"] for one in requests(file, {"rows": [{"x": 1}]}) for row in one["rows"]]
    assert len(rows) == MOST_ROWS and rows[:3] == [0, 3, 6] and rows[-1] > 2.9 * MOST_ROWS


def test_lines_are_requests(tmp_path: Path) -> None:
    file = tmp_path / "training.jsonl"
    file.write_text('{"input_X": [1, 2]}\n\n{"input_X": [3, 4]}\n')
    assert list(requests(file, {"input_X": [0, 0]})) == [{"input_X": [1, 2]}, {"input_X": [3, 4]}]


@pytest.mark.parametrize(
    ("golden", "text", "message"),
    [
        (GOLDEN, "age,city\n1,Rome\n", "lacks the column is_new"),
        ({"input_X": [1.0]}, "x\n1\n", "lacks the column input_X"),
        ([1.0], "x\n1\n", r"or a \.jsonl with a request in each line"),
    ],
)
def test_a_table_that_is_not_the_models_is_refused(
    golden: Any, text: str, message: str, tmp_path: Path
) -> None:
    with pytest.raises(GivenError, match=message):
        list(requests(table(tmp_path, text), golden))


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    file = tmp_path / "training.jsonl"
    file.write_text('{"x": 1}\n{"x": \n')
    with pytest.raises(GivenError, match=r"training\.jsonl line 2 is not JSON"):
        list(requests(file, {"x": 1}))


def test_what_a_short_row_lacks_is_missing(tmp_path: Path) -> None:
    file = table(tmp_path, "a,b\n1\n")
    assert list(requests(file, {"a": 1, "b": 2.5})) == [{"a": 1, "b": None}]
