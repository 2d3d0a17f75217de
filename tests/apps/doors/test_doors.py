"""Doors are opened when they are knocked at, moved and shut by variables, and told in OpenAPI."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import xgboost

from apps.card import Card, Column
from engines.xgboost import Booster
from tests.model_directory import REPOSITORY
from tests.pages import first_codes, section, text_of

from .models import xgboost_model
from .onnx_model import halves
from .served import Handler, ask, tabular

PROGRAM = """
import io, sys
from apps.tensors import serve
from engines.onnx import Session
handler = serve(Session(sys.argv[1]))
handler({"x": [[1, 2]]}, None)
print([name for name in sys.modules if name.startswith(("apps.doors", "serving.routes", "csv"))])
"""


@pytest.fixture
def app(tmp_path: Path) -> Handler:
    """A regressor."""
    trained = xgboost_model(tmp_path, 0)
    return tabular(trained.engine, trained.card, tmp_path)


def test_nothing_of_them_is_imported_for_the_model_s_own_path(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(halves(tmp_path / "model.onnx"))]
    ran = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_a_door_is_moved_by_its_variable(app: Handler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOOR_MLFLOW", "/tools/mlflow/")
    monkeypatch.setenv("DOOR_V2", "kserve/v2")
    assert ask(app, "/tools/mlflow/invocations", {"instances": [[1, 2, 3]]}).status == 200
    assert ask(app, "/tools/mlflow/ping").status == 200
    assert ask(app, "/kserve/v2/health/live").body == {"live": True}
    assert [ask(app, path).status for path in ("/invocations", "/ping", "/v2")] == [404] * 3


def test_a_door_is_shut_by_its_variable(app: Handler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOOR_MLFLOW", "off")
    monkeypatch.setenv("DOOR_V2", "off")
    paths = ["/invocations", "/ping", "/version", "/v2", "/v2/models/model"]
    assert [ask(app, path).status for path in paths] == [404] * 5
    assert ask(app, "/predict", {"rows": [[1, 2, 3]]}).status == 200


def test_the_model_s_own_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_PATH", "/invocations")
    trained = xgboost_model(tmp_path, 0)
    app = tabular(trained.engine, trained.card, tmp_path)
    assert "predictions" in ask(app, "/invocations", {"rows": [[1, 2, 3]]}).body
    assert ask(app, "/ping").body == "\n"


def test_a_name_and_a_release_are_the_model_s_and_its_version(
    app: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_NAME", "prices")
    monkeypatch.setenv("MODEL_RELEASE", "20260101-abc")
    assert ask(app, "/v2/models/prices").body["versions"] == ["20260101-abc"]
    path = "/v2/models/prices/versions/20260101-abc"
    given = {"name": "rows", "shape": [1, 3], "datatype": "INT64", "data": [1, 2, 3]}
    answer = ask(app, f"{path}/infer", {"inputs": [given]}).body
    assert (answer["model_name"], answer["model_version"]) == ("prices", "20260101-abc")
    assert ask(app, f"{path}/ready").body["ready"] is True
    assert "there is nothing at" in ask(app, "/v2/models/other/ready").body["error"]


def test_the_openapi_document_has_their_paths_and_content_types(app: Handler) -> None:
    paths = ask(app, "/predict/openapi.json").body["paths"]
    assert {"/invocations", "/ping", "/v2", "/v2/models/model/infer"} <= paths.keys()
    assert paths["/invocations"]["post"]["requestBody"]["content"].keys() == {
        "application/json",
        "text/csv",
    }
    assert "/v2/*" not in paths


def test_the_page_names_every_path_and_switch_and_no_other(app: Handler) -> None:
    paths = ask(app, "/predict/openapi.json").body["paths"]
    served = {path.replace("/models/model", "/models/NAME") for path in paths}
    codes = first_codes(text_of("docs/doors.md").split("## Switches")[0])
    assert {code.split()[1] for code in codes} == {p for p in served if "/predict" not in p}
    switches = first_codes(section("docs/doors.md", "## Switches"))
    source = "".join(text_of(f"apps/doors/{name}.py") for name in ("__init__", "tabular"))
    assert {*switches} == {*re.findall(r'"(DOOR_[A-Z0-9_]+)"', source)}


def test_every_curl_of_the_page_is_answered(tmp_path: Path) -> None:
    trained = xgboost.XGBRegressor(n_estimators=1).fit([[1, 0], [2, 1]], [1, 2])
    trained.get_booster().save_model(tmp_path / "model.ubj")
    columns = [Column("age"), Column("city", "categorical", ["Rome", "Oslo"])]
    app = tabular(Booster(str(tmp_path / "model.ubj")), Card(columns, "number"), tmp_path)
    curls = re.findall(r"^    curl (.+)$", text_of("docs/doors.md"), re.MULTILINE)
    assert len(curls) == 6
    for line in curls:
        url, *words = shlex.split(line)
        options = list(zip(words[::2], words[1::2], strict=True))
        headers = dict(value.split(": ") for option, value in options if option == "-H")
        body = next(value for option, value in options if option == "-d")
        path = url.removeprefix("$API").replace("NAME", "model")
        named = {name.replace("-", "_"): value for name, value in headers.items()}
        reply = ask(app, path, body, **named)
        assert reply.status == 200, (line, reply)
