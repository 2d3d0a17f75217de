"""A rehearsal of SnapStart: copies of a loaded app, which must answer alike and draw otherwise."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from pipeline.commands import note
from pipeline.errors import FunctionError
from pipeline.image.containers import docker_output
from pipeline.image.function import Function

PROGRAM = Path(__file__).with_name("copies.py")
PATIENCE_SECONDS = 120
HOOKS = "https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html"


def rehearse(function: Function, name: str) -> None:
    """Load the app once in a container, and let copies of it answer the golden request.

    Args:
        function: what runs in the container.
        name: the container's.

    Raises:
        FunctionError: the app cannot be copied, or a copy does not answer.
        GoldenError: a copy answers otherwise than it must.
    """
    told = _copies(function, name)
    for status, body in told["answers"]:
        function.golden.check(status, body)
    note(f"SnapStart: {len(told['answers'])} copies of the loaded app give the golden answer.")
    for what in told["same"]:
        note(
            f"SnapStart: each copy draws the same from {what}, and so will each environment that"
            f" Lambda restores. If the app uses it, seed it anew after a restore: {HOOKS}"
        )
    if told["sockets"]:
        note(
            f"SnapStart: the app has {len(told['sockets'])} connections open once it is loaded,"
            f" which lead nowhere after a restore. Open them at the first request: {HOOKS}"
        )


def _copies(function: Function, name: str) -> Any:
    handler = docker_output("inspect", "--format", "{{index .Config.Cmd 0}}", name)
    command = ("docker", "exec", "--interactive", name, "python3", "-", handler)
    event = json.dumps(function.golden_event())
    try:
        ran = subprocess.run(
            (*command, event),
            input=PROGRAM.read_text(encoding="utf-8"),
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        return json.loads(ran.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, ValueError, IndexError) as error:
        said = "" if isinstance(error, subprocess.TimeoutExpired) else ran.stderr.strip()[-2000:]
        raise FunctionError(
            f"copies of the loaded app do not answer, as SnapStart would make them: {said or error}"
        ) from error
