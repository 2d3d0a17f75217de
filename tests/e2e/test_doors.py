"""A model's file on the local AWS answers other tools' clients, through API Gateway."""

import json
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.apps.doors.models import xgboost_model
from tests.e2e.runs import deploy, post
from tests.environments import python_of
from tests.local.instance import REPOSITORY, Instance

pytestmark = pytest.mark.docker
BYTES = "application/octet-stream"
ROWS = [[41.5, 20.0, 3.0], [7.0, 99.25, 50.0]]


def sent(url: str, body: str, **headers: str) -> str:
    """The text that is answered to text."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with urllib.request.urlopen(urllib.request.Request(url, body.encode(), named)) as answer:
        content: bytes = answer.read()
        return content.decode()


def triton(url: str, model: str, *cases: Any) -> Any:
    """What Triton's client finds at an API."""
    program = REPOSITORY / "tests/apps/doors/triton_client.py"
    command, asked = (
        [str(python_of("apps/doors/clients.txt")), str(program), model],
        [(url.partition("://")[2], cases)],
    )
    ran = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    (found,) = json.loads(ran.stdout)
    return found


def test_other_tools_are_answered_through_the_api(instance: Instance, tmp_path: Path) -> None:
    file = xgboost_model(tmp_path, 0).file
    ran = deploy(instance, "-r", "-p", str(file), "-d")
    url = ran.stdout.splitlines()[0]
    root = url.removesuffix("/predict")
    _, answer = post(url, {"rows": ROWS})
    expected = answer["predictions"]
    assert post(f"{root}/invocations", {"instances": ROWS}) == (200, {"predictions": expected})
    lines = "\n".join(",".join(map(str, row)) for row in ROWS)
    answered = sent(f"{root}/invocations", lines, Content_Type="text/csv", Accept="text/csv")
    assert [float(line) for line in answered.splitlines()] == expected

    given = {"name": "rows", "datatype": "FP32", "shape": [2, 3], "data": ROWS}
    headers = {"Content-Type": BYTES, "Accept": BYTES}
    found = triton(
        root,
        file.stem,
        {"inputs": [given], "binary": True, "headers": headers},
        {"inputs": [given], "binary": False},
        {"inputs": [given], "binary": True, "headers": {"Content-Type": BYTES}},
    )
    assert found["ready"] and found["model_ready"]
    for told, in_bytes in zip(found["answers"], (True, False, False), strict=True):
        assert told["in_bytes"] is in_bytes
        assert told["outputs"]["predictions"]["values"] == expected
    deploy(instance, "-x", "-y", str(file))
