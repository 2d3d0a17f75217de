"""Models of scikit-learn behind the doors, against what scikit-learn predicts of the same frame."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.apps.test_estimator import handler_of
from tests.engines.sklearn.pipelines import CASES

from .served import ask

INFER = "/v2/models/model/infer"
# A pipeline of each kind of column and of answer.
NAMES = [
    *("one-hot", "unseen cities are ignored", "numbers as categories", "codes", "text"),
    *("two numbers", "no chances", "true and false", "clusters", "no names", "three classes"),
]
ROWS = 20
DATATYPES = {"f": "FP64", "i": "INT64", "b": "BOOL"}


@pytest.fixture(params=NAMES)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Any, Any, Any]:
    """An app, the pipeline itself, and rows of what it was fitted to."""
    app, made = handler_of(request.param, tmp_path), CASES[request.param]
    return app, made.estimator, made.frame[:ROWS]


def names_of(frame: Any) -> list[str]:
    """The names of the columns; those that an array has in a card."""
    return [*getattr(frame, "columns", (f"f{place}" for place in range(frame.shape[1])))]


def close(given: Any, expected: Any) -> bool:
    if isinstance(np.asarray(expected).flat[0], str):
        return bool(given == expected.tolist())
    return bool(np.allclose(given, expected, rtol=0, atol=1e-9))


def test_mlflow_s_forms_are_answered_as_scikit_learn_predicts(case: tuple[Any, Any, Any]) -> None:
    app, pipeline, frame = case
    expected, names = pipeline.predict(frame), names_of(frame)
    rows = np.asarray(frame).tolist()
    records = [dict(zip(names, row, strict=True)) for row in rows]
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    for body in (
        {"dataframe_split": {"columns": names, "data": rows}},
        {"dataframe_records": records},
        {"instances": rows},
        {"inputs": columns},
    ):
        reply = ask(app, "/invocations", body)
        assert reply.status == 200, reply
        assert close(reply.body["predictions"], expected)


def test_csv_with_names_is_answered_as_scikit_learn_predicts(case: tuple[Any, Any, Any]) -> None:
    app, pipeline, frame = case
    text = pd.DataFrame(frame).set_axis(names_of(frame), axis=1).to_csv(index=False)
    reply = ask(app, "/invocations", text, content_type="text/csv; header=present")
    assert reply.status == 200, reply
    assert close(reply.body["predictions"], pipeline.predict(frame))


def test_an_input_for_each_column_is_answered_with_the_chances(case: tuple[Any, Any, Any]) -> None:
    app, pipeline, frame = case
    table = {name: np.asarray(frame)[:, place] for place, name in enumerate(names_of(frame))}
    kinds = {name: np.asarray(column.tolist()).dtype.kind for name, column in table.items()}
    inputs = [
        {
            "name": name,
            "shape": [ROWS, 1],
            "datatype": DATATYPES.get(kinds[name], "BYTES"),
            "data": column.tolist(),
        }
        for name, column in table.items()
    ]
    metadata = ask(app, "/v2/models/model").body
    assert (metadata["platform"], len(metadata["inputs"])) == ("sklearn", len(table))
    reply = ask(app, INFER, {"inputs": inputs})
    assert reply.status == 200, reply
    predictions, *more = reply.body["outputs"]
    told = [(port["name"], port["datatype"]) for port in metadata["outputs"]]
    assert told == [(port["name"], port["datatype"]) for port in reply.body["outputs"]]
    shaped = np.reshape(predictions["data"], predictions["shape"])
    assert close(shaped.tolist(), pipeline.predict(frame))
    if more:
        chances = np.reshape(more[0]["data"], more[0]["shape"])
        assert close(chances, pipeline.predict_proba(frame))


def test_chances_are_given_to_mlflow_where_the_variable_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOOR_MLFLOW_GIVES", "chances")
    frame = CASES["one-hot"].frame[:ROWS]
    reply = ask(
        handler_of("one-hot", tmp_path), "/invocations", {"instances": frame.to_numpy().tolist()}
    )
    assert close(reply.body["predictions"], CASES["one-hot"].estimator.predict_proba(frame))


@pytest.mark.parametrize(
    ("path", "status"), [("/ping", 200), ("/health", 200), ("/version", 200), ("/v2", 200)]
)
def test_it_is_told_to_be_there(path: str, status: int, tmp_path: Path) -> None:
    assert ask(handler_of("forest", tmp_path), path).status == status


def test_what_the_estimator_refuses_is_400_in_the_door_s_own_form(tmp_path: Path) -> None:
    app = handler_of("forest", tmp_path)
    reply = ask(app, "/invocations", {"instances": [[1e300, 1.0]]})
    assert reply.status == 400
    assert reply.body["error_code"] == "BAD_REQUEST"
    assert "the model refuses these rows: Input X contains infinity" in reply.body["message"]
    given = {"name": "rows", "shape": [1, 2], "datatype": "FP64", "data": [1e300, 1.0]}
    assert "the model refuses" in ask(app, INFER, {"inputs": [given]}).body["error"]


def test_a_first_line_of_names_is_one_where_a_column_is_text(tmp_path: Path) -> None:
    app = handler_of("text", tmp_path)
    frame = CASES["text"].frame[:ROWS]
    reply = ask(app, "/invocations", frame.to_csv(index=False), content_type="text/csv")
    assert reply.body["predictions"] == CASES["text"].estimator.predict(frame).tolist()
