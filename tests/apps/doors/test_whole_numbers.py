"""Whole numbers through the doors: exact, or refused, and never rounded."""

import base64
import struct
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest

from apps.card import Card, Category, Column
from apps.tensors import serve
from engines.lightgbm import Booster
from engines.onnx import Session
from tests.engines.onnx.models import identity

from .served import Handler, ask, tabular
from .test_inference import INFER, OCTETS, behind, error, in_bytes, x

EXTREMES = {
    "int64": [-(2**63), 2**63 - 1, 2**53, 2**53 + 1, -(2**53) - 1],
    "uint64": [0, 2**64 - 1, 2**63, 2**53, 2**53 + 1],
}
CODES = {"int64": "q", "uint64": "Q"}
# Whole numbers up to here are floats as well. Source: IEEE 754, the digits of each format.
EXACT = {"FP16": 2**11, "BF16": 2**8, "FP32": 2**24, "FP64": 2**53}
SMALL, LARGE = 3, 2**53 + 2


@pytest.mark.parametrize("kind", EXTREMES)
def test_tensors_of_whole_numbers_are_exact_in_json_and_in_bytes(kind: str, tmp_path: Path) -> None:
    app = serve(Session(identity(tmp_path / "same.onnx", kind, ["N"])))
    numbers, datatype = EXTREMES[kind], kind.upper()
    content = struct.pack(f"<5{CODES[kind]}", *numbers)
    in_json = {"inputs": [x(shape=[5], datatype=datatype, data=numbers)]}
    as_bytes = in_bytes({"inputs": [behind(40, shape=[5], datatype=datatype)]}, content)
    for asked in ({"body": in_json}, as_bytes):
        (output,) = ask(app, INFER, **asked).body["outputs"]
        assert (output["datatype"], output["data"]) == (datatype, numbers)
    asked = in_bytes({**in_json, "parameters": {"binary_data_output": True}}, accept=OCTETS)
    assert content_of(app, asked) == content


def content_of(app: Handler, asked: dict[str, Any]) -> bytes:
    """The bytes behind the JSON of an answer."""
    body = base64.b64decode(ask(app, INFER, **asked).body)
    return body[body.rindex(b"]}") + 2 :]


@pytest.mark.parametrize("number", [1.0, 2.5, float(2**53), 1e19])
def test_a_fraction_or_a_rounded_number_is_no_whole_one(number: float, tmp_path: Path) -> None:
    app = serve(Session(identity(tmp_path / "same.onnx", "int64", ["N"])))
    body = {"inputs": [x(shape=[1], datatype="INT64", data=[number])]}
    assert error(app, body=body) == "x.data[0]: expected int, got float"


@pytest.fixture(scope="module")
def by_code(tmp_path_factory: pytest.TempPathFactory) -> Handler:
    """A model whose one column has whole numbers for categories, each with a price of its own."""
    folder = tmp_path_factory.mktemp("codes")
    names: list[Category] = [SMALL, *EXACT.values(), LARGE - 1, LARGE]
    codes = np.random.default_rng(0).integers(0, len(names), 1000)
    frame = pd.DataFrame({"code": pd.Categorical.from_codes(codes, names)})
    settings: dict[str, Any] = {"min_child_samples": 1, "min_data_per_group": 1, "cat_smooth": 0}
    made = lightgbm.LGBMRegressor(n_estimators=100, verbosity=-1, max_cat_to_onehot=9, **settings)
    made.fit(frame, codes * 10.0).booster_.save_model(folder / "model.txt")
    card = Card([Column("code", "categorical", names)], "number")
    return tabular(Booster(folder / "model.txt"), card, folder)


def code(datatype: str, number: Any, **changes: Any) -> dict[str, Any]:
    return {"name": "code", "shape": [1, 1], "datatype": datatype, "data": [number], **changes}


def price(app: Handler, given: dict[str, Any]) -> float:
    answer = ask(app, INFER, {"inputs": [given]})
    assert answer.status == 200, answer
    found: float = answer.body["outputs"][0]["data"][0]
    return found


@pytest.mark.parametrize("number", [SMALL, 2**53, LARGE - 1, LARGE])
def test_codes_of_whole_numbers_are_told_apart_however_large(by_code: Handler, number: int) -> None:
    expected = ask(by_code, "/predict", {"rows": [[number]]}).body["predictions"][0]
    assert price(by_code, code("INT64", number)) == expected
    assert price(by_code, code("UINT64", number)) == expected
    others = {price(by_code, code("INT64", other)) for other in (SMALL, LARGE - 1, LARGE)}
    assert len(others) == 3


@pytest.mark.parametrize("datatype", EXACT)
def test_a_code_as_a_float_is_taken_while_no_other_is_rounded_to_it(
    by_code: Handler, datatype: str
) -> None:
    small, most = code(datatype, float(SMALL)), EXACT[datatype]
    assert price(by_code, small) == price(by_code, code("INT64", SMALL))
    said = error(by_code, body={"inputs": [code(datatype, float(most))]})
    assert said == (
        f"code: {datatype} rounds whole numbers from {most} on: send the categories as INT64"
    )


def test_a_code_in_bytes_is_read_as_one_in_json(by_code: Handler) -> None:
    parameters = {"binary_data_size": 8}
    given = {**code("FP64", 0), "parameters": parameters}
    del given["data"]
    refused = in_bytes({"inputs": [given]}, struct.pack("<d", float(LARGE)))
    assert error(by_code, **refused).startswith("code: FP64 rounds whole numbers from")
    taken = in_bytes({"inputs": [{**given, "datatype": "INT64"}]}, struct.pack("<q", LARGE))
    answer = ask(by_code, INFER, **taken).body["outputs"][0]["data"][0]
    assert answer == price(by_code, code("INT64", LARGE))


def test_a_code_with_a_fraction_is_refused(by_code: Handler) -> None:
    said = error(by_code, body={"inputs": [code("FP64", 3.5)]})
    assert said == "rows[0].code: expected int | null, got float"


def test_a_code_in_csv_is_never_another_one_that_is_rounded_to_it(by_code: Handler) -> None:
    def csv(cell: str) -> Any:
        return ask(by_code, "/invocations", cell, content_type="text/csv; header=absent")

    exact = csv(str(2**53)).body["predictions"]
    assert exact == [price(by_code, code("INT64", 2**53))]
    assert csv(str(2**53 + 1)).body["predictions"] != exact
    assert csv(f"{2**53 + 1}.0").status == 400
