"""An app behind HTTP on the loopback interface, as API Gateway's REST API hands requests to it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipeline.loop.events import Answer, Request, answer_of, event_of
from pipeline.loop.server import Server
from pipeline.model.content_types import binary_media_types

TEMPLATE = Path(__file__).resolve().parents[2] / "template.yaml"
Handler = Callable[[Any, Any], Any]


@contextmanager
def served(
    handler: Handler, refuse: Callable[[Request], Answer | None] | None = None
) -> Iterator[str]:
    """Serve an app; the URL of its model.

    Args:
        handler: of the app.
        refuse: what answers in place of the app, as API Gateway does.
    """
    binary = binary_media_types(TEMPLATE.read_text(encoding="utf-8"))

    def answer(request: Request) -> Answer:
        refused = refuse(request) if refuse else None
        reply = (
            json.dumps(handler(event_of(request, server.port, binary), None)) if not refused else ""
        )
        return refused or answer_of(reply, request, binary)

    with Server(0) as server:
        server.answer = answer
        threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        yield f"http://127.0.0.1:{server.port}/predict"
        server.shutdown()
