"""MLflow's own scoring server and the app answer the same requests to the same models alike."""

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from apps.doors.mlflow import VERSION
from apps.doors.tabular import GIVES
from apps.tensors import serve
from engines.onnx import Session
from tests.pins import pins

from .models import COLUMNS, Trained, lightgbm_model, xgboost_model
from .onnx_model import halves
from .served import Handler, ask, tabular

ROWS: list[list[float | None]] = [[41.5, 20, 3], [None, 99.25, None], [0.1, 1e-3, 7]]


class Both(NamedTuple):
    """The app of a model, and where MLflow serves it."""

    app: Handler
    url: str
    columns: list[str]


@pytest.fixture(scope="module")
def served(clients: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Both]]:
    """Models by name: with -booster, classes' chances are asked for, as a Booster predicts."""
    folder = tmp_path_factory.mktemp("models")
    regressor, binary, several = (xgboost_model(folder, classes) for classes in (0, 2, 3))
    light, network = lightgbm_model(folder), halves(folder / "halves.onnx")
    made: dict[str, tuple[str, Trained | None, Path]] = {
        "regressor": ("xgboost", regressor, regressor.file),
        "binary": ("xgboost-sklearn", binary, binary.file),
        "binary-booster": ("xgboost", binary, binary.file),
        "several-booster": ("xgboost", several, several.file),
        "several": ("xgboost-sklearn", several, several.file),
        "lightgbm": ("lightgbm", light, light.file),
        "network": ("onnx", None, network),
    }
    program = str(Path(__file__).with_name("mlflow_server.py"))
    files = [f"{flavour}:{file}" for flavour, _, file in made.values()]
    command = [str(clients), program, *files]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        port = server.stdout.readline().strip()
        apps = {}
        for position, (name, (_, trained, file)) in enumerate(made.items()):
            url = f"http://127.0.0.1:{port}/{position}"
            with pytest.MonkeyPatch.context() as environment:
                environment.setenv(GIVES, "chances" if "booster" in name else "classes")
                app = _app(trained, file, folder)
                ask(app, "/ping")  # which opens the doors
            columns = [column.name for column in trained.card.columns] if trained else ["x"]
            apps[name] = Both(app, url, columns)
        yield apps
        server.terminate()


def _app(trained: Trained | None, file: Path, folder: Path) -> Handler:
    if trained:
        return tabular(trained.engine, trained.card, folder)
    return serve(Session(file))


def mlflow(both: Both, body: str, content_type: str) -> tuple[int, Any]:
    """The status and the JSON that MLflow's server answers."""
    url, headers = f"{both.url}/invocations", {"Content-Type": content_type}
    try:
        asked = urllib.request.Request(url, body.encode(), headers)
        with urllib.request.urlopen(asked, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def same(both: Both, body: Any, content_type: str = "application/json") -> Any:
    """What both answer to a request, once it is the same."""
    text = body if isinstance(body, str) else json.dumps(body)
    status, expected = mlflow(both, text, content_type)
    ours = ask(both.app, "/invocations", text, content_type=content_type)
    assert (ours.status, status) == (200, 200), (ours, expected)
    assert ours.body == expected
    return expected["predictions"]


TABLES = ["regressor", "binary", "binary-booster", "several", "several-booster", "lightgbm"]


@pytest.mark.parametrize("name", TABLES)
def test_a_frame_is_answered_alike_to_the_last_bit(served: dict[str, Both], name: str) -> None:
    both = served[name]
    split = {"columns": both.columns, "index": [5, 6, 7], "data": ROWS}
    first = same(both, {"dataframe_split": split})
    records = [dict(zip(both.columns, row, strict=True)) for row in ROWS]
    assert same(both, {"dataframe_records": records, "params": {}}) == first
    assert len(first) == len(ROWS)


@pytest.mark.parametrize("name", TABLES)
def test_csv_with_a_header_is_answered_alike(served: dict[str, Both], name: str) -> None:
    both = served[name]
    quoted = [f'"{column}"' for column in both.columns]
    text = f"{','.join(quoted)}\n41.5,20,3\n,99.25,NA\n\n0.1,1e-3,7\n"
    first = same(both, text, "text/csv")
    split = {"columns": both.columns, "data": ROWS}
    assert first == same(both, {"dataframe_split": split})
    assert same(both, text, "text/csv; charset=utf-8") == first


@pytest.mark.parametrize("name", ["lightgbm", "several", "binary"])
def test_lists_of_lists_are_answered_alike(served: dict[str, Both], name: str) -> None:
    whole = [[41.5, 20.0, 3.0], [7.0, 99.25, 50.0]]
    both = served[name]
    assert same(both, {"inputs": whole}) == same(both, {"instances": whole})


def test_tensors_are_answered_by_the_names_of_the_outputs(served: dict[str, Both]) -> None:
    both, rows = served["network"], [[1.0, 2.5], [-3.0, 4.0]]
    expected = {"half": (np.array(rows) / 2).tolist(), "sign": [1, 1]}
    for body in ({"inputs": {"x": rows}}, {"inputs": rows}, {"instances": rows}):
        assert same(both, body) == expected
    assert same(both, {"instances": [{"x": row} for row in rows]}) == expected


@pytest.mark.parametrize(
    "body",
    [
        *("{", "[]", "{}", '{"rows": []}', '{"dataframe_records": {"a": 1}}'),
        '{"inputs": [[1, 2, 3]], "instances": [[1, 2, 3]]}',
        '{"dataframe_split": {"data": 1, "more": 2}}',
    ],
)
def test_a_broken_request_is_refused_with_the_same_status_where_clients_read_it(
    served: dict[str, Both], body: str
) -> None:
    both = served["regressor"]
    status, refused = mlflow(both, body, "application/json")
    ours = ask(both.app, "/invocations", body)
    assert ours.status == status == 400
    assert {"error_code", "message"} == ours.body.keys() <= refused.keys()
    codes = {"BAD_REQUEST", "INVALID_PARAMETER_VALUE"}  # MLflow's, of this status
    assert {ours.body["error_code"], refused["error_code"]} <= codes


@pytest.mark.parametrize("path", ["/ping", "/health", "/version"])
def test_the_other_paths_are_answered_alike(served: dict[str, Both], path: str) -> None:
    both = served["regressor"]
    with urllib.request.urlopen(both.url + path, timeout=30) as answer:
        ours = ask(both.app, path)
        assert (ours.status, ours.body) == (answer.status, answer.read().decode())


def test_the_version_is_that_of_the_package() -> None:
    assert pins("tests/apps/doors/clients.txt")["mlflow-skinny"] == VERSION
    assert COLUMNS[1].count(",") == 1  # so that a header needs its quotes
