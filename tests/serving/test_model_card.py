"""The model card: the model's name and release, its engine and files, and its author's words."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from serving import api
from serving.digests import write_digests
from tests.serving.recorded import HTTP_EVENTS, reply_of, request
from tests.serving.toy_model import scale


@pytest.fixture
def task_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an app in its image."""
    for name, value in (
        ("LAMBDA_TASK_ROOT", str(tmp_path)),
        ("MODEL_NAME", "toy"),
        ("MODEL_RELEASE", "20251101T000000Z-00"),
    ):
        monkeypatch.setenv(name, value)
    return tmp_path


def card_of(function: Any, name: str = "rest") -> dict[str, Any]:
    event = request(name, body=None, method="GET", path="/predict/model")
    reply = reply_of(function(event, None))
    assert reply.status == 200
    card: dict[str, Any] = reply.body
    return card


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_a_model_is_told_by_name_release_and_what_its_handler_says(
    name: str, task_root: Path
) -> None:
    assert card_of(api(scale), name) == {
        "name": "toy",
        "release": "20251101T000000Z-00",
        "description": (scale.__doc__ or "").strip(),
    }


def test_an_author_says_more_but_not_otherwise_than_was_measured(task_root: Path) -> None:
    about = {"description": "Scales.", "licence": "MIT", "release": "mine", "metrics": {"r2": 1}}
    (task_root / "about.json").write_text(json.dumps(about))
    card = card_of(api(facts=lambda: {"engine": {"name": "by hand"}})(scale))
    assert list(card) == ["name", "release", "description", "licence", "metrics", "engine"]
    assert card["description"] == "Scales."
    assert card["release"] == "20251101T000000Z-00"
    assert card["engine"] == {"name": "by hand"}


def test_what_is_no_object_is_a_fault_of_the_image_and_in_its_log(
    task_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (task_root / "about.json").write_text("[]")
    event = request("rest", body=None, method="GET", path="/predict/model")
    assert reply_of(api(scale)(event, None)).status == 500
    assert "Expected `object`" in json.loads(capsys.readouterr().out)["traceback"]


def test_the_files_are_told_with_the_digests_that_sha256sum_gives(task_root: Path) -> None:
    model, table = task_root / "model.ubj", task_root / "below" / "café.txt"
    table.parent.mkdir()
    model.write_bytes(bytes(range(256)) * 5)
    table.write_text("é")
    for name in ("app.py", "about.json", "example.json", "serving/x.json", "below/__pycache__/y"):
        (task_root / name).parent.mkdir(exist_ok=True)
        (task_root / name).write_text("{}")
    command = [sys.executable, "-m", "serving.digests"]
    here = str(Path(__file__).resolve().parents[2])
    subprocess.run(command, cwd=task_root, env={"PYTHONPATH": here}, check=True)
    printed = subprocess.run(
        ["sha256sum", table, model], capture_output=True, text=True, check=True
    ).stdout
    sums = [line.split()[0] for line in printed.splitlines()]
    assert card_of(api(scale))["files"] == [
        {"name": "below/café.txt", "bytes": 2, "sha256": sums[0]},
        {"name": "model.ubj", "bytes": 1280, "sha256": sums[1]},
    ]
    write_digests(str(task_root))  # as it was, though digests.json is there by now
    assert len(card_of(api(scale))["files"]) == 2
