"""What MLflow's door takes, refuses and answers beyond what MLflow's own server does."""

from pathlib import Path
from typing import Any

import pytest

from apps.card import Card, Column
from apps.doors.tabular import GIVES
from apps.tensors import serve
from engines.onnx import Session
from engines.xgboost import Booster

from .models import COLUMNS, xgboost_model
from .onnx_model import halves
from .served import Handler, ask, tabular

CSV = "text/csv"
ROW = "41.5,20,3"
NAMES = 'age,"income, monthly",rooms'
SAY = "text/csv; header=present or header=absent"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def app(folder: Path) -> Handler:
    """A regressor."""
    trained = xgboost_model(folder, 0)
    return tabular(trained.engine, trained.card, folder)


@pytest.fixture(scope="module")
def network(folder: Path) -> Handler:
    return serve(Session(halves(folder / "halves.onnx")))


def columns(folder: Path, *made: Column) -> Handler:
    """The app of a model of three columns, as they are told."""
    xgboost_model(folder, 0)
    return tabular(Booster(str(folder / "xgboost-0.ubj")), Card(list(made), "number"), folder)


def predictions(app: Handler, body: Any, content_type: str = "application/json") -> Any:
    reply = ask(app, "/invocations", body, content_type=content_type)
    assert reply.status == 200, reply
    return reply.body["predictions"]


def refusal(app: Handler, body: Any, content_type: str = "application/json") -> str:
    reply = ask(app, "/invocations", body, content_type=content_type)
    assert (reply.status, reply.body["error_code"]) == (400, "BAD_REQUEST"), reply
    message: str = reply.body["message"]
    return message


def test_csv_has_a_header_or_none_as_mlflow_and_sagemaker_send_it(app: Handler) -> None:
    (first,) = predictions(app, {"instances": [[41.5, 20, 3]]})
    for body in (ROW, f"{ROW}\n", f"\n{NAMES}\r\n{ROW}\r\n", f"rooms,age,{COLUMNS[1]!r}"):
        if body.startswith("rooms"):  # names in another order
            body = f'rooms,age,"{COLUMNS[1]}"\n3,41.5,20'
        assert predictions(app, body, CSV) == [first]
    assert predictions(app, f"{NAMES}\n{ROW}", f"{CSV}; header=present") == [first]
    assert predictions(app, f"{ROW}\n{ROW}", f"{CSV};header=absent;charset=utf-8") == [first] * 2


def test_a_first_line_that_could_be_both_is_refused_until_the_request_says(folder: Path) -> None:
    app = columns(folder, Column("1"), Column("2"), Column("3"))
    assert SAY in refusal(app, f"1,2,3\n{ROW}", CSV)
    assert len(predictions(app, f"1,2,3\n{ROW}", f"{CSV}; header=present")) == 1
    assert len(predictions(app, f"1,2,3\n{ROW}", f"{CSV}; header=absent")) == 2


def test_cells_are_read_as_their_columns_have_them(folder: Path) -> None:
    cities = Column("city", "categorical", ["Oslo", "None", "1"])
    app = columns(folder, Column("member", "bool"), Column("floor", "categorical", [3, 1]), cities)
    told = [{"member": True, "floor": 1, "city": "Oslo"}, {"member": 0, "floor": None, "city": "1"}]
    expected = predictions(app, {"dataframe_records": told})
    assert predictions(app, "True,1.0,Oslo\n0,,1\n", CSV) == expected
    assert refusal(app, "true,1,None", CSV).startswith("city: 'None' in CSV could be several")
    assert (
        refusal(app, "true,1,Bonn", CSV) == "rows[0].city: must be one of Oslo, None, 1, got 'Bonn'"
    )
    assert refusal(app, "2,1,Oslo", CSV).startswith("rows[0][0]: ")
    assert refusal(app, "yes,1,Oslo", CSV) == "rows[0][0]: expected bool | int | null, got str"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("1,2", "line 1 of the CSV: expected 3 values, one for each column, got 2"),
        (f"{ROW}\n1,2,3,4", "line 2 of the CSV: expected 3 values, one for each column, got 4"),
        ('1,2,"3', "line 1 of the CSV: unexpected end of data"),
        ("\n\n", "the CSV has no rows"),
        ("age,income,rooms\n1,2,3", "rows[0][0]: expected float | null, got str"),
        (f"{ROW}\n1,2,1_000", "rows[1][2]: expected float | null, got str"),
        (NAMES, "rows: expected array of length >= 1"),
    ],
)
def test_csv_that_is_no_table_of_the_model_is_refused(app: Handler, body: str, said: str) -> None:
    assert refusal(app, body, CSV) == said


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"dataframe_split": {"data": [[1, 2, 3]]}}, "expected an object with columns and data"),
        ({"dataframe_split": {"columns": ["a", "a"], "data": []}}, "a name is there twice"),
        ({"dataframe_split": {"columns": COLUMNS, "data": [[1]]}}, "data[0]: expected 3 values"),
        ({"dataframe_records": [[1, 2, 3]]}, "expected a list of objects"),
        ({"dataframe_records": [{"age": 1, "rooms": 3}]}, "missing required field income, monthly"),
        ({"instances": [{**dict.fromkeys(COLUMNS, 1), "id": 7}]}, "unknown field id"),
        ({"inputs": {"age": [1, 2], "rooms": [1]}}, "all of one length"),
        ({"inputs": {"age": 1}}, "expected a list of values for each column"),
        ({"inputs": "a"}, "inputs: expected a list of rows, got str"),
    ],
)
def test_what_is_no_rows_of_the_model_is_refused(app: Handler, body: Any, said: str) -> None:
    assert said in refusal(app, body)


@pytest.mark.parametrize(
    ("content_type", "said"),
    [
        ("application/x-parquet", "use application/json or text/csv"),
        ("text/csv; charset=latin-1", "charset=latin-1 is not one of charset=utf-8"),
        ("text/csv; header=yes", "header=yes is not one of"),
        ("application/json; format=pandas", "format=pandas is not one of"),
    ],
)
def test_other_content_types_are_415(app: Handler, content_type: str, said: str) -> None:
    reply = ask(app, "/invocations", ROW, content_type=content_type)
    assert reply.status == 415 and said in reply.body["message"]


def test_csv_comes_back_where_it_is_accepted_first(folder: Path, network: Handler) -> None:
    trained = xgboost_model(folder, 2)
    app = tabular(trained.engine, trained.card, folder)
    body = {"instances": [[1, 2, 3], [4, 5, 6]]}
    labels = predictions(app, body)
    reply = ask(app, "/invocations", body, accept="text/csv, */*")
    assert (reply.status, reply.content_type) == (200, "text/csv; charset=utf-8")
    assert reply.body == "".join(f"{label}\n" for label in labels)
    assert ask(app, "/invocations", body, accept="*/*, text/csv").content_type == "application/json"
    assert ask(network, "/invocations", {"inputs": [[1, 2]]}, accept=CSV).status == 400


def test_lists_of_chances_are_lines_of_csv(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(GIVES, "chances")
    trained = xgboost_model(folder, 3)
    app = tabular(trained.engine, trained.card, folder)
    (chances,) = predictions(app, {"instances": [[1, 2, 3]]})
    reply = ask(app, "/invocations", {"instances": [[1, 2, 3]]}, accept=CSV)
    assert [float(cell) for cell in reply.body.strip().split(",")] == chances


def test_a_model_of_tensors_takes_numbers_in_csv_and_no_frames(network: Handler) -> None:
    expected = {"half": [[0.5, 1], [2, 2.5]], "sign": [1, 1]}
    assert predictions(network, "1,2\n4,5\n", CSV) == expected
    assert predictions(network, "a,b\n1,2\n4,5\n", CSV) == expected
    assert SAY in refusal(network, "0,1\n1,2\n4,5\n", CSV)
    assert predictions(network, "0,1\n1,2\n4,5\n", f"{CSV}; header=present") == expected
    assert "send inputs: x" in refusal(network, {"dataframe_records": [{"x": 1}]})
    assert refusal(network, {"inputs": {"y": [[1, 2]]}}).startswith("Object contains unknown field")
    ragged = refusal(network, {"instances": [{"x": [1, 2]}, {"z": [1, 2]}]})
    assert ragged == "instances: expected the same names in each"
