"""A version of a function, asked by itself: no door leads to it yet."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.cloud.aws import ask
from pipeline.errors import FunctionError
from pipeline.image.function import status_and_body


class Callee(NamedTuple):
    """Who is asked.

    Attributes:
        function: its name.
        qualifier: the number of a version, or an alias.
        scratch: a folder of this run.
    """

    function: str
    qualifier: str
    scratch: Path

    def send(self, request: Mapping[str, Any]) -> tuple[int, str]:
        """Send the event that a door would make of a request; the answer's status and body.

        Raises:
            AwsError: Lambda refuses.
            FunctionError: it raised, died, took too long, or answered what is no answer.
        """
        name = uuid.uuid4().hex
        event, answer = self.scratch / f"{name}.event", self.scratch / f"{name}.answer"
        event.write_text(json.dumps(request), encoding="utf-8")
        words = ("lambda", "invoke", "--function-name", self.function)
        version = ("--qualifier", self.qualifier, "--payload", f"fileb://{event}", str(answer))
        try:
            told = ask(*words, *version)
            said = answer.read_text(encoding="utf-8", errors="replace")
        finally:
            event.unlink()
            answer.unlink(missing_ok=True)
        if told.get("FunctionError"):
            raise FunctionError(f"the function failed: {said[:2000]}")
        return status_and_body(said)
