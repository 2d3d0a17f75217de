"""The loop: an app that is loaded again when a file of it has changed, and answers in between."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

from pipeline.commands import note, say
from pipeline.curl import curl
from pipeline.errors import Ended, GoldenError, PipelineError, TooSlow
from pipeline.given.adoption import is_given
from pipeline.loop import events
from pipeline.loop.events import Answer, NoReply, Request, event_of, message
from pipeline.loop.guard import refusal
from pipeline.loop.loading import Loaded, load, watched
from pipeline.loop.watch import State, state_of
from pipeline.model.content_types import binary_media_types
from pipeline.model.golden import MAX_EVENT_BYTES, Golden
from pipeline.options import Options
from pipeline.places import FUNCTION_TEMPLATE

LOOK_SECONDS = 0.3
SHOWN_CHARACTERS = 2000
BROKEN = "the app does not run: the terminal of `pipeline try` says why. Mend it and ask again"


class Loop:
    """An app, and what it was made from; one request at a time, as in a sandbox of Lambda."""

    def __init__(self, options: Options, folder: Path, port: int) -> None:
        """Load nothing yet.

        Args:
            options: what the step was told.
            folder: of this run.
            port: that it answers on.
        """
        self._options, self._folder, self._port = options, folder, port
        self._lock = threading.RLock()
        self._seen: State | None = None
        self._loaded: Loaded | None = None
        template = FUNCTION_TEMPLATE.read_text(encoding="utf-8")
        self._binary = binary_media_types(template)

    def refresh(self) -> None:
        """Load the app where it is not what its files are, or its process has ended."""
        with self._lock:
            ended = self._loaded is not None and not self._loaded.process.is_running
            if ended or state_of(watched(self._options)) != self._seen:
                self._load()

    def watch(self) -> None:
        """Look for changes, for ever; a file that is still being written waits."""
        before = self._seen
        while True:
            time.sleep(LOOK_SECONDS)
            os.utime(self._folder)  # else another run would take it for one that was left behind
            now = state_of(watched(self._options))
            if now == before and now != self._seen:
                self.refresh()
            before = now

    def answer(self, request: Request) -> Answer:
        """Answer a request as the deployed API would, and write a line of it."""
        with self._lock:
            refused = self._refused(request)
            if not refused:
                self.refresh()
            started = time.perf_counter()
            answer = refused or self._ask_loaded(request)
            line = f"{request.method} {request.path} {answer.status} {_since(started):,.1f} ms"
            print(line, flush=True)
            return answer

    def close(self) -> None:
        """End the app's process."""
        if self._loaded:
            self._loaded.process.end()

    def _refused(self, request: Request) -> Answer | None:
        origins = self._loaded.model.settings["CORS_ORIGINS"] if self._loaded else ""
        why = refusal(request, self._port, origins)
        return message(403, why) if why else None

    def _ask_loaded(self, request: Request) -> Answer:
        return self._ask(self._loaded, request) if self._loaded else message(503, BROKEN)

    def _load(self) -> None:
        self.close()
        self._loaded = None
        self._seen = state_of(watched(self._options))
        say(f"Try: {self._options.model_directory}")
        try:
            self._loaded = load(self._options, self._folder)
        except (PipelineError, OSError, UnicodeDecodeError) as error:
            note(f"pipeline: {error}")
            note("Mend it: the app is loaded again when a file changes.")
            return
        self._show(self._loaded)

    def _show(self, loaded: Loaded) -> None:
        note(f"The app was imported in {loaded.took_ms:,.0f} ms.")
        url = f"http://127.0.0.1:{self._port}{loaded.model.settings['API_PATH']}"
        if loaded.golden is None:
            note(f"There is no golden request. What a request is: curl {url}/openapi.json")
            if is_given(self._options.model_directory):
                note("The comparison with the model's own library comes with -p, in Docker.")
            return
        self._ask_golden(loaded, loaded.golden)
        note(curl(loaded.golden, url, self._options.model_directory))

    def _ask_golden(self, loaded: Loaded, golden: Golden) -> None:
        body = json.dumps(golden.request).encode()
        headers = [("Content-Type", "application/json"), ("Host", f"127.0.0.1:{self._port}")]
        request = Request("POST", loaded.model.settings["API_PATH"], headers, body)
        started = time.perf_counter()
        answer = self._ask(loaded, request)
        status = f"status {answer.status}, {_since(started):,.1f} ms"
        text = answer.body.decode(errors="replace")
        print(text[:SHOWN_CHARACTERS], flush=True)
        try:
            golden.check(answer.status, text)
            note(f"{status}: the golden answer")
        except GoldenError as error:
            note(f"{status}: NOT the golden answer. {error}")

    def _ask(self, loaded: Loaded, request: Request) -> Answer:
        """Have the app answer; what goes wrong on the way is told here, little of it to callers."""
        event = event_of(request, self._port, self._binary)
        size_bytes = len(json.dumps(event))
        if size_bytes > MAX_EVENT_BYTES:
            note(f"the event has {size_bytes:,} bytes, Lambda takes {MAX_EVENT_BYTES:,} at most")
            return message(413, events.TOO_LONG)
        try:
            reply = loaded.process.ask(event, float(loaded.model.settings["TIMEOUT"]))
        except Ended as error:
            note(f"{error}. Lambda would start another process, and so does the loop")
            is_late = isinstance(error, TooSlow)
            return message(504, str(error)) if is_late else message(502, events.FAILURE)
        try:
            if reply.traceback:
                raise NoReply(reply.traceback)
            return events.answer_of(reply.content, request, self._binary)
        except NoReply as error:
            note(f"API Gateway would answer 502: {error}")
            return message(502, events.FAILURE)


def _since(started: float) -> float:
    return 1000 * (time.perf_counter() - started)
