"""A version of a function, asked by itself: no door leads to it yet."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import NamedTuple

from pipeline.cloud.aws import ask
from pipeline.errors import FunctionError
from pipeline.image.function import request_event, status_and_body


class Callee(NamedTuple):
    """Who is asked.

    Attributes:
        function: its name.
        qualifier: the number of a version, or an alias.
        path: that the model answers on.
        scratch: a folder of this run.
    """

    function: str
    qualifier: str
    path: str
    scratch: Path

    def post(self, request: object) -> tuple[int, str]:
        """Send a request as the door would; the status and the body of the answer.

        Raises:
            AwsError: Lambda refuses.
            FunctionError: it raised, died, took too long, or answered what is no answer.
        """
        name = uuid.uuid4().hex
        event, answer = self.scratch / f"{name}.event", self.scratch / f"{name}.answer"
        event.write_text(json.dumps(request_event(self.path, request)), encoding="utf-8")
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
