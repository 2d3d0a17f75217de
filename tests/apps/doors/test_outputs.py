"""What each kind of model of rows gives at the doors, as its own path gives it."""

from pathlib import Path
from typing import Any

import pytest

from apps.card import Card, Column
from apps.doors.tabular import GIVES
from engines.tensor import KINDS, Port, Tensor, pack

from .served import Handler, ask, tabular

FLOAT32 = KINDS[1]
COLUMNS = [
    Column("age"),
    Column("member", "bool"),
    Column("floor", "categorical", [3, 1]),
]
INFER = "/v2/models/model/infer"
ROWS: list[Any] = [[20.5, 1, 3], [30, 0, 1]]


class Given:
    """An engine that answers what it is told to, and keeps what it was asked."""

    def __init__(self, row_shape: tuple[int, ...], values: list[float]) -> None:
        self.inputs = [Port("rows", FLOAT32, ("N", 3))]
        self.outputs = [Port("predictions", FLOAT32, ("N", *row_shape))]
        self._answer = Tensor((2, *row_shape), pack(FLOAT32, values))
        self.asked: list[Any] = []

    def about(self) -> dict[str, Any]:
        return {}

    def run(self, tensors: Any) -> list[Tensor]:
        self.asked.append(tensors[0].content)
        return [self._answer]


def app(folder: Path, engine: Given, gives: Any, classes: list[Any]) -> Handler:
    return tabular(engine, Card(COLUMNS, gives, classes), folder)


def matrix(datatype: str = "FP32") -> dict[str, Any]:
    data = [value for row in ROWS for value in row]
    return {"inputs": [{"name": "rows", "shape": [2, 3], "datatype": datatype, "data": data}]}


CASES: dict[str, Any] = {
    "number": ((), [0.5, 1.5], [], ("FP32", [2]), [0.5, 1.5]),
    "numbers": ((2,), [0.5, 1.5, 2.5, 3.5], [], ("FP32", [2, 2]), [[0.5, 1.5], [2.5, 3.5]]),
    "chance": ((), [0.25, 0.75], ["no", "yes"], ("BYTES", [2]), ["no", "yes"]),
    "chances": ((2,), [0.25, 0.75, 0.5, 0.5], [7, 9], ("INT64", [2]), [9, 7]),
    "code": ((), [1, 0], ["a", 5], ("BYTES", [2]), ["5", "a"]),
}


@pytest.mark.parametrize("gives", CASES)
def test_the_doors_give_what_the_model_s_path_gives(tmp_path: Path, gives: str) -> None:
    row_shape, values, classes, told, expected = CASES[gives]
    made = app(tmp_path, Given(row_shape, values), gives, classes)
    own = ask(made, "/predict", {"rows": ROWS}).body
    assert ask(made, "/invocations", {"instances": ROWS}).body["predictions"] == own["predictions"]
    first, *more = ask(made, INFER, matrix()).body["outputs"]
    assert (first["datatype"], first["shape"]) == told
    flat = [one for row in expected for one in row] if gives == "numbers" else expected
    assert first["data"] == flat
    known = ask(made, "/v2/models/model").body["outputs"]
    assert [one["name"] for one in known] == [one["name"] for one in (first, *more)]
    for output in more:
        chances = [chance for row in own["probabilities"] for chance in row.values()]
        assert (output["datatype"], output["data"]) == ("FP64", chances)
    assert bool(more) == gives.startswith("chance")


def test_codes_that_come_as_floats_are_codes(tmp_path: Path) -> None:
    engine = Given((), [0, 0])
    made = app(tmp_path, engine, "number", [])
    shape = {"shape": [2], "datatype": "FP64"}
    columns = zip(COLUMNS, zip(*ROWS, strict=True), strict=True)
    single = [{"name": column.name, **shape, "data": values} for column, values in columns]
    ask(made, "/predict", {"rows": ROWS})
    assert ask(made, INFER, matrix("FP64")).status == 200
    assert ask(made, INFER, {"inputs": single}).status == 200
    assert len(engine.asked) == 3 and len(set(engine.asked)) == 1
    half = {"inputs": [*single[:2], {**single[2], "data": [0.5, 1]}]}
    assert ask(made, INFER, half).body["error"].startswith("rows[0].floor: expected int")


def test_the_inputs_are_told_with_their_datatypes(tmp_path: Path) -> None:
    made = app(tmp_path, Given((), [0, 0]), "number", [])
    told = ask(made, "/v2/models/model").body["inputs"]
    assert [one["datatype"] for one in told] == ["FP32", "BOOL", "INT64"]


def test_a_switch_that_is_neither_fails_and_says_why_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(GIVES, "labels")
    made = app(tmp_path, Given((), [0, 0]), "number", [])
    assert ask(made, "/predict", {"rows": ROWS}).status == 200
    assert ask(made, "/predict/openapi.json").status == 500
    assert "DOOR_MLFLOW_GIVES must be classes or chances, got labels" in capsys.readouterr().out
