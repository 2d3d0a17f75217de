"""The check in a build: an app that answers otherwise than the library ends it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from golden.compare import differences

REPOSITORY = Path(__file__).resolve().parents[2]
CASE = {
    "request": {"rows": [{"x": 1.0}, {"x": None}]},
    "answer": {"predictions": [2.0, None], "probabilities": [{"a": 0.5}, {"a": 1.0}]},
}
# It answers what the file beside it says, to as many rows as it is asked for.
APP = """
import json
answer = json.load(open("answer.json"))
first = iter([True])
def handler(event, context):
    print('{"level": "INFO"}')
    if len(event["rows"]) == 2:
        return answer
    row = 0 if event["rows"] == [[1.0]] else 1
    return {name: [values[row]] for name, values in answer.items()}
"""


def compare(folder: Path, answer: Any) -> subprocess.CompletedProcess[str]:
    (folder / "app.py").write_text(APP)
    (folder / "answer.json").write_text(json.dumps(answer))
    (folder / "cases.json").write_text(json.dumps([CASE]))
    return subprocess.run(
        [sys.executable, "-m", "golden.compare", "cases.json"],
        cwd=folder,
        env={"PYTHONPATH": f"{REPOSITORY}:{folder}"},
        capture_output=True,
        text=True,
    )


def test_the_library_s_answers_pass_and_the_log_is_not_shown(tmp_path: Path) -> None:
    ran = compare(tmp_path, CASE["answer"])
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "4 rows are answered as the library's own package answers them\n"


def test_another_answer_ends_the_build_with_row_column_and_both_values(tmp_path: Path) -> None:
    answer = {"predictions": [2.0, None], "probabilities": [{"a": 0.5}, {"a": 0.9}]}
    ran = compare(tmp_path, answer)
    assert ran.returncode == 1
    assert "probabilities[1].a is 0.9, by the library 1.0" in ran.stderr


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (1.0, 1.0 + 3e-6),
        (1e6, 1e6 + 2),
        (1, True),
        (1.0, None),
        (None, 0.0),
        ("a", "b"),
        ("1", 1),
        ([1], [1, 2]),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": 1}, {"b": 1}),
        ([1], {"a": 1}),
        (0.5, float("nan")),
    ],
)
def test_values_that_differ_are_found(expected: Any, actual: Any) -> None:
    assert [*differences(expected, actual)]


@pytest.mark.parametrize(
    ("expected", "actual"),
    [(1.0, 1), (0.1, 0.1 + 1e-8), (1e9, 1e9 + 1), (None, None), (True, True), ([], []), ({}, {})],
)
def test_values_that_are_alike_pass(expected: Any, actual: Any) -> None:
    assert not [*differences(expected, actual)]
