"""Whole numbers that are categories of scikit-learn's models, however large: never rounded."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from msgspec.json import encode
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from apps.build.columns import Told
from apps.build.estimator import make_card
from apps.estimator import serve
from engines.sklearn.build.audit import audit
from engines.sklearn.estimator import Estimator

from .doors.served import ask

# From 2^53 on a float stands for several whole numbers. Source: IEEE 754.
CODES = [3, -(2**53) - 1, 2**53, 2**53 + 1, 2**53 + 2, 2**63 - 1]
UNKNOWN = 2**63 - 2  # rounded, it is the last of the codes


def fitted(unknown: str) -> Any:
    """A pipeline that gives each code a price of its own, beside a number that is scaled by 1."""
    places = np.random.default_rng(0).integers(0, len(CODES), 600)
    size = np.random.default_rng(1).normal(size=600)
    frame = pd.DataFrame({"code": np.array(CODES)[places], "size": size})
    encoder = OneHotEncoder(handle_unknown=unknown, sparse_output=False)
    columns = make_column_transformer((encoder, ["code"]), remainder="passthrough")
    return make_pipeline(columns, LinearRegression()).fit(frame, places * 10.0 + size)


@pytest.fixture(params=["array", "frame"])
def frames(request: pytest.FixtureRequest) -> bool:
    """Whether rows become a frame, as they do where the model takes nothing else."""
    return bool(request.param == "frame")


def served(unknown: str, frames: bool, folder: Path) -> tuple[Any, Any]:
    """The app, and the pipeline."""
    made, path, card = fitted(unknown), str(folder / "model.skops"), folder / "card.json"
    skops.io.dump(made, path)
    types = audit(path, [])
    card.write_bytes(encode(make_card(Estimator(path, types, frames=True), Told())))
    return serve(Estimator(path, types, frames=frames), str(card)), made


def expected(made: Any, code: Any) -> float:
    """What scikit-learn answers of a code."""
    return float(made.predict(pd.DataFrame({"code": [code], "size": [0.5]}))[0])


@pytest.mark.parametrize("code", CODES)
def test_each_code_is_answered_as_scikit_learn_answers_it(
    code: int, frames: bool, tmp_path: Path
) -> None:
    app, made = served("error", frames, tmp_path)
    predicted = app({"rows": [{"code": code, "size": 0.5}]}, None)["predictions"][0]
    assert predicted == pytest.approx(expected(made, code))
    code_input = {"name": "code", "shape": [1], "datatype": "INT64", "data": [code]}
    size_input = {"name": "size", "shape": [1], "datatype": "FP64", "data": [0.5]}
    reply = ask(app, "/v2/models/model/infer", {"inputs": [code_input, size_input]})
    assert reply.body["outputs"][0]["data"] == [pytest.approx(expected(made, code))]


def test_scikit_learn_itself_tells_the_codes_apart() -> None:
    prices = [expected(fitted("error"), code) for code in CODES]
    assert np.allclose(np.diff(prices), 10)


def test_another_code_is_no_category_beside_it_that_a_float_is_rounded_to(
    frames: bool, tmp_path: Path
) -> None:
    app, made = served("ignore", frames, tmp_path)
    predicted = app({"rows": [{"code": UNKNOWN, "size": 0.5}]}, None)["predictions"][0]
    assert predicted == pytest.approx(expected(made, UNKNOWN))
    assert all(abs(predicted - expected(made, code)) > 1 for code in CODES)


def test_a_code_is_exact_beside_one_that_is_missing(frames: bool, tmp_path: Path) -> None:
    app, made = served("ignore", frames, tmp_path)
    rows = [{"code": code, "size": 0.5} for code in (2**53 + 1, None, UNKNOWN, 3)]
    one, missing, other, three = app({"rows": rows}, None)["predictions"]
    assert [one, three] == pytest.approx([expected(made, 2**53 + 1), expected(made, 3)])
    assert missing == other == pytest.approx(expected(made, UNKNOWN))
