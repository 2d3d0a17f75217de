"""The command that sends a model its golden request, as a shell takes it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from pipeline.model.golden import Golden

LONGEST_REQUEST = 500  # that is shown as it is


def curl(golden: Golden, url: str, directory: Path, options: str = "") -> str:
    """Give the command for an API; a long request is read from the model directory.

    Args:
        golden: what is sent.
        url: where to.
        directory: the model directory.
        options: more of curl's, as a shell takes them, a space first.
    """
    request = shlex.quote(json.dumps(golden.request))
    if len(request) > LONGEST_REQUEST:
        request = _request_of_file(directory)
    return f"curl -H 'Content-Type: application/json'{options} -d {request} {shlex.quote(url)}"


def _request_of_file(directory: Path) -> str:
    """Give shell text for the request of a model directory, for the user's shell to expand."""
    program = Path(__file__).resolve().parent
    return f'"$(python3 {shlex.quote(str(program))} request {shlex.quote(str(directory))})"'
