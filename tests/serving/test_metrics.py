"""The log as metrics, as CloudWatch's specification of its embedded format has it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
UNITS = {"Milliseconds", "Count"}  # of CloudWatch's list, those that are used here
APP = """
from serving import BadRequest, api

@api
def handler(request: dict[str, int]) -> int:
    if "fail" in request:
        raise RuntimeError
    if "refuse" in request:
        raise BadRequest("no")
    return request["x"]

for event in ({"x": 1}, {"refuse": 1}, {"fail": 1}):
    handler(event, None)
"""


def lines(**environ: str) -> list[Any]:
    """The log of three calls: answered, refused, failed."""
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "MODEL_RELEASE": "r1", **environ}
    ran = subprocess.run(
        [sys.executable, "-c", APP], env=variables, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_without_metrics_the_log_is_as_ever_and_nothing_is_imported_for_them() -> None:
    assert all("_aws" not in line and "model" not in line for line in lines())
    code = "import sys, serving; print('serving.metrics' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert ran.stdout == "False\n"


@pytest.fixture(scope="module")
def metrics() -> list[Any]:
    return lines(METRICS="on", MODEL_NAME="churn")


def test_every_metric_and_dimension_is_a_field_of_its_line(metrics: list[Any]) -> None:
    for line in metrics:
        (told,) = line["_aws"]["CloudWatchMetrics"]
        assert isinstance(line["_aws"]["Timestamp"], int) and 0 < len(told["Namespace"]) < 1024
        assert told["Dimensions"] == [["model", "release"]]
        assert (line["model"], line["release"]) == ("churn", "r1")
        assert 0 < len(told["Metrics"]) <= 100
        for metric in told["Metrics"]:
            assert metric["Unit"] in UNITS and isinstance(line[metric["Name"]], (int, float))


def test_answers_refusals_and_failures_are_told_apart(metrics: list[Any]) -> None:
    counted = [(line["cold_starts"], line["refused"], line["errors"]) for line in metrics]
    assert counted == [(1, 0, 0), (0, 1, 0), (0, 0, 1)]
    assert "predict_ms" in metrics[0] and "traceback" in metrics[2]
