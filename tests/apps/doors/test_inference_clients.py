"""Triton's client, and the types and codecs of MLServer and KServe, at the app's own door."""

import json
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import lightgbm
import ml_dtypes
import numpy as np
import pandas as pd
import pytest

from apps.card import Card, Column
from apps.tensors import serve
from engines.lightgbm import Booster
from engines.onnx import Session
from tests.engines.onnx.models import identity
from tests.environments import python_of

from .served import Handler, ask, listening, tabular

FOLDER = Path(__file__).parent
CITIES = ["Oslo", "Paris", "Rome"]
BYTES = {"Content-Type": "application/octet-stream", "Accept": "application/octet-stream"}
EXTREMES: dict[str, tuple[str, Any]] = {
    "float32": ("FP32", [-3.4028234663852886e38, 0.1, 3.4028234663852886e38]),
    "float64": ("FP64", [-1e308, 0.1, 1e-320]),
    "float16": ("FP16", [-65504.0, 0.1, 6e-8]),
    "bfloat16": ("BF16", [-3.3895313892515355e38, 0.1, 1.0]),
    "int8": ("INT8", [-128, 0, 127]),
    "int16": ("INT16", [-(2**15), 0, 2**15 - 1]),
    "int32": ("INT32", [-(2**31), 0, 2**31 - 1]),
    "int64": ("INT64", [-(2**63), 0, 2**63 - 1]),
    "uint8": ("UINT8", [0, 1, 255]),
    "uint16": ("UINT16", [0, 1, 2**16 - 1]),
    "uint32": ("UINT32", [0, 1, 2**32 - 1]),
    "uint64": ("UINT64", [0, 1, 2**64 - 1]),
    "bool": ("BOOL", [True, False, True]),
    "string": ("BYTES", ["", "Straße", "🐧"]),
}


def run(clients: Path, program: str, document: Any, *arguments: str) -> Any:
    """Run a program of the clients' virtual environment."""
    command = [str(clients), str(FOLDER / program), *arguments]
    ran = subprocess.run(command, input=json.dumps(document), capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def triton(clients: Path, *asked: tuple[Handler, list[Any]]) -> list[Any]:
    """What Triton's client finds at apps, each with its cases."""
    with ExitStack() as stack:
        addressed = [(stack.enter_context(listening(app)), cases) for app, cases in asked]
        found: list[Any] = run(clients, "triton_client.py", addressed, "model")
        return found


@pytest.fixture(scope="module")
def churn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Handler, Any, pd.DataFrame]:
    """A classifier of a number and a category: its app, its library's model, its rows."""
    generator = np.random.default_rng(1)
    frame = pd.DataFrame({"age": generator.random(300) * 90})
    frame["city"] = pd.Categorical(generator.choice(CITIES, 300), CITIES)
    leaves = ((frame["city"] == "Rome") | (frame["age"] > 60)).astype(int)
    model = lightgbm.LGBMClassifier(n_estimators=10, verbosity=-1).fit(frame, leaves)
    folder = tmp_path_factory.mktemp("churn")
    model.booster_.save_model(folder / "churn.txt")
    columns = [Column("age"), Column("city", "categorical", list(CITIES))]
    card = Card(columns, "chance", ["stays", "leaves"])
    return tabular(Booster(str(folder / "churn.txt")), card, folder), model, frame


def cases_of(datatype: str, data: Any) -> list[Any]:
    """An input x as bytes and, where the client sends it so, as JSON."""
    given = [{"name": "x", "datatype": datatype, "shape": [1, 3], "data": data}]
    as_bytes = {"inputs": given, "binary": True, "headers": BYTES}
    return [as_bytes] if datatype == "BF16" else [as_bytes, {"inputs": given, "binary": False}]


def test_every_datatype_goes_through_triton_s_client_to_the_last_bit(
    clients: Path, tmp_path: Path
) -> None:
    asked = []
    for kind, (datatype, data) in EXTREMES.items():
        app = serve(Session(identity(tmp_path / f"{kind}.onnx", kind, ["N", 3])))
        asked.append((app, cases_of(datatype, data)))
    for found, (kind, (datatype, data)) in zip(
        triton(clients, *asked), EXTREMES.items(), strict=True
    ):
        assert found["metadata"]["inputs"] == [
            {"name": "x", "datatype": datatype, "shape": [-1, 3]}
        ]
        narrow: Any = ml_dtypes.bfloat16 if kind == "bfloat16" else kind
        sent = np.array(data, narrow).tolist() if datatype in ("FP16", "FP32", "BF16") else data
        assert [answer["in_bytes"] for answer in found["answers"]] == [True, False][
            : len(found["answers"])
        ]
        for answer in found["answers"]:
            output = answer["outputs"]["y"]
            assert (output["shape"], output["values"]) == ([1, 3], sent), datatype


def test_triton_s_client_finds_a_model_of_rows_and_its_answers(
    clients: Path, churn: tuple[Handler, Any, pd.DataFrame]
) -> None:
    app, model, frame = churn
    rows = frame[:5]
    ages = {"name": "age", "datatype": "FP64", "shape": [5, 1], "data": rows["age"].tolist()}
    cities = {"name": "city", "datatype": "BYTES", "shape": [5], "data": rows["city"].tolist()}
    both = {"inputs": [cities, ages]}
    cases = [
        {**both, "binary": False},
        {**both, "binary": True, "headers": BYTES},
        {**both, "binary": True, "headers": {"Content-Type": BYTES["Content-Type"]}},
        {**both, "binary": True},
        {**both, "binary": False, "outputs": ["probabilities"]},
        {"inputs": [ages], "binary": False},
    ]
    (found,) = triton(clients, (app, cases))
    assert (found["live"], found["ready"], found["model_ready"]) == (True, True, True)
    assert found["other_ready"] is False
    assert found["server"]["extensions"] == ["binary_tensor_data"]
    as_json, as_bytes, json_for_bytes, lost, one, refused = found["answers"]
    labels = ["leaves" if code else "stays" for code in model.predict(rows)]
    for answer, in_bytes in ((as_json, False), (as_bytes, True), (json_for_bytes, False)):
        assert (answer["id"], answer["in_bytes"]) == ("7", in_bytes)
        assert answer["outputs"]["predictions"]["values"] == labels
        chances = np.array(answer["outputs"]["probabilities"]["values"]).reshape(5, 2)
        assert chances == pytest.approx(model.predict_proba(rows), abs=1e-15)
    assert lost["status"] == "415" and "Content-Type: application/octet-stream" in lost["error"]
    assert one["outputs"].keys() == {"probabilities"}
    assert refused["error"].startswith("send an input for each column, age, city, of shape [N]")


def test_the_types_and_codecs_of_mlserver_and_kserve_fit(
    clients: Path, churn: tuple[Handler, Any, pd.DataFrame]
) -> None:
    app, model, frame = churn
    rows = frame[:4].astype({"city": str})
    age = {"name": "age", "datatype": "FP32", "shape": [1], "data": [5]}
    city = {"name": "city", "datatype": "BYTES", "shape": [1], "data": ["Oslo"]}
    inference = ask(app, "/v2/models/model/infer", {"id": "a", "inputs": [city, age]})
    answers = [
        ("server", ask(app, "/v2").body),
        ("model", ask(app, "/v2/models/model").body),
        ("infer", inference.body),
        ("error", ask(app, "/v2/models/model/infer", {"inputs": []}).body),
        ("error", ask(app, "/v2/models/other").body),
        ("live", ask(app, "/v2/health/live").body),
        ("ready", ask(app, "/v2/health/ready").body),
        ("model_ready", ask(app, "/v2/models/model/ready").body),
    ]
    document = {"answers": answers, "table": rows.to_dict("list")}
    kserve = python_of("apps/doors/kserve.txt")
    assert run(kserve, "protocol_types.py", document, "kserve")["checked"] == 6
    made = run(clients, "protocol_types.py", document, "mlserver")
    assert made["checked"] == 5
    answer = ask(app, "/v2/models/model/infer", made["pandas"])
    labels = ["leaves" if code else "stays" for code in model.predict(frame[:4])]
    assert (answer.status, answer.body["outputs"][0]["data"]) == (200, labels)
    assert made["pandas"]["inputs"][1]["parameters"]["content_type"] == "str"


def test_mlserver_s_numpy_codec_is_one_input_of_rows(clients: Path, tmp_path: Path) -> None:
    from .models import xgboost_model

    regressor = xgboost_model(tmp_path, 0)
    app = tabular(regressor.engine, regressor.card, tmp_path)
    rows = [[1.5, 2.0, 3.0], [40.0, 50.0, 60.0]]
    table = {str(place): [row[place] for row in rows] for place in range(3)}
    made = run(clients, "protocol_types.py", {"answers": [], "table": table}, "mlserver")
    answer = ask(app, "/v2/models/model/infer", made["numpy"]).body
    expected = ask(app, "/predict", {"rows": rows}).body["predictions"]
    assert answer["outputs"][0] == {
        **{"name": "predictions", "datatype": "FP32", "shape": [2]},
        "data": expected,
    }
