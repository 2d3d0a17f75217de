"""The rehearsal of SnapStart, with apps of all kinds on this machine's Python."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.image.rehearsal import PROGRAM

HANDLER = """
def handler(event, context):
    return {"statusCode": 200, "body": event["body"]}
"""
HOOK = """
import random
from snapshot_restore_py import register_after_restore
register_after_restore(random.seed)
"""
SOCKET = """
import socket
kept = socket.create_server(("127.0.0.1", 0))
"""
ORDER = """
import os
from snapshot_restore_py import register_after_restore, register_before_snapshot
seen = []
for number in (1, 2):
    register_before_snapshot(seen.append, f"before {number}")
    register_after_restore(seen.append, f"after {number}")
def handler(event, context):
    return {"statusCode": 200, "body": ", ".join(seen)}
"""


@pytest.fixture
def copies(tmp_path: Path) -> Any:
    """Runs the program on an app's text."""

    def run(text: str) -> Any:
        (tmp_path / "app.py").write_text(text)
        ran = subprocess.run(
            [sys.executable, str(PROGRAM), "app.handler", json.dumps({"body": "hello"})],
            env={**os.environ, "LAMBDA_TASK_ROOT": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    return run


def test_copies_answer_and_share_what_python_draws(copies: Any) -> None:
    told = copies(HANDLER)
    assert told == {"answers": [[200, "hello"]] * 3, "same": ["random"], "sockets": []}


def test_a_hook_that_seeds_anew_is_run_in_each_copy(copies: Any) -> None:
    assert copies(HOOK + HANDLER)["same"] == []


def test_numpy_is_named_where_the_app_has_it(copies: Any) -> None:
    assert copies("import numpy\nnumpy.random\n" + HANDLER)["same"] == ["random", "numpy.random"]


def test_an_open_connection_is_found(copies: Any) -> None:
    assert len(copies(SOCKET + HANDLER)["sockets"]) == 1


def test_hooks_run_in_the_order_of_lambdas_runtime_client(copies: Any) -> None:
    """Those before a snapshot in reverse, as its hooks runner has it."""
    (answer, *_) = copies(ORDER)["answers"]
    assert answer == [200, "before 2, before 1, after 1, after 2"]
