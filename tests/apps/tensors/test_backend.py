"""Every model of onnx's backend tests, asked through the app, in both forms.

What ONNX Runtime itself cannot load, refuses or computes otherwise than onnx expects is no fault of
the app: its own Python package says so of each. A quarter is asked, drawn by name; all, in half a
minute of CPU time, by `BACKEND_TESTS=whole python -m pytest tests/onnx_example/test_backend.py`.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zlib import crc32

import onnx
import onnxruntime
import pytest

from engines.errors import ModelError
from tests.model_directory import post

from .backend import Case, as_base64, as_lists, cases, has_infinities, is_right
from .conftest import App, app_of

# ONNX Runtime's C interface makes no sequence of nothing.
NOT_SERVED = {"test_loop13_seq"}
OPTIONAL = {"test_identity_opt", "test_loop16_seq_none", "test_if_opt"}
WHOLE = os.environ.get("BACKEND_TESTS") == "whole"
LEAST_OF_ALL = {"served": 1858, "right in base64": 1832, "right in lists": 1745}
LEAST_OF_A_QUARTER = {"served": 446, "right in base64": 443, "right in lists": 420}
LEAST = LEAST_OF_ALL if WHOLE else LEAST_OF_A_QUARTER
Outcomes = dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """What became of each model in each form: right, or what else."""
    folder = tmp_path_factory.mktemp("backend")
    asked = (case for case in cases() if WHOLE or crc32(case.name.encode()) % 4 == 0)
    return {case.name: outcome(case, folder) for case in asked}


def outcome(case: Case, folder: Path) -> dict[str, str]:
    path = folder / "model.onnx"
    onnx.save(case.model, path)
    try:
        app = app_of(path)
    except ModelError as error:
        return {"refused": str(error)}
    return {
        "base64": asked(app, case, path, as_base64),
        "lists": asked(app, case, path, as_lists),
    }


def asked(app: App, case: Case, path: Path, form: Any) -> str:
    defaults = {value.name for value in case.model.graph.initializer}
    names = [port.name for port in case.model.graph.input]
    for given, expected in case.data_sets:
        if form is as_lists and any(map(has_infinities, given)):
            return "infinities"
        inputs = {name: value for name, value in zip(names, given, strict=False)}
        request = {name: form(value) for name, value in inputs.items() if name not in defaults}
        reply = post(app.handler, json.dumps(request))
        if reply.status == 413:
            return "too large"
        outputs = [port.name for port in case.model.graph.output]
        if reply.status != 200 or not right(reply.body, outputs, expected, case):
            return (
                "as the package"
                if not package_is_right(path, inputs, expected, case)
                else (f"{reply.status}: {str(reply.body)[:300]}")
            )
    return "right"


def right(body: dict[str, Any], names: Iterable[str], expected: list[Any], case: Case) -> bool:
    pairs = zip((body[name] for name in names), expected, strict=False)
    return all(is_right(answer, wanted, case) for answer, wanted in pairs)


def package_is_right(path: Path, inputs: dict[str, Any], expected: Any, case: Case) -> bool:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        computed = onnxruntime.InferenceSession(path, options).run(None, inputs)
    except Exception:
        return False
    pairs = zip(computed, expected, strict=False)
    return all(is_right(as_base64(made), wanted, case) for made, wanted in pairs)


def test_what_is_served_is_right_or_wrong_in_onnx_runtime_s_own_package_too(
    outcomes: Outcomes,
) -> None:
    fine = {"right", "as the package", "infinities", "too large"}
    others = {
        (name, form): became
        for name, forms in outcomes.items()
        for form, became in forms.items()
        if form != "refused" and became not in fine and name not in NOT_SERVED
    }
    assert others == {}


def test_as_many_are_served_and_right_as_ever(outcomes: Outcomes) -> None:
    found = Counter[str]()
    for forms in outcomes.values():
        found["served"] += "refused" not in forms
        found["right in base64"] += forms.get("base64") == "right"
        found["right in lists"] += forms.get("lists") == "right"
    assert all(found[name] >= count for name, count in LEAST.items()), found


def test_what_is_refused_is_what_onnx_runtime_cannot_load_or_is_named(outcomes: Outcomes) -> None:
    refused = {name: forms["refused"] for name, forms in outcomes.items() if "refused" in forms}
    ours = {name: why for name, why in refused.items() if "cannot be loaded: " not in why}
    assert {name for name, why in ours.items() if "is optional" in why} == OPTIONAL & refused.keys()
    others = [why for name, why in ours.items() if name not in OPTIONAL]
    assert [why for why in others if "elements of ONNX's type 26" not in why] == []
