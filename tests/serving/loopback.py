"""Apps on ports of this machine, behind the HTTP of `pipeline try`: as a REST API has them."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pipeline.loop.events import Answer, Request, answer_of, event_of
from pipeline.loop.server import Server
from pipeline.model.content_types import binary_media_types
from tests.model_directory import REPOSITORY

Handler = Callable[[Any, Any], Any]
BINARY = binary_media_types((REPOSITORY / "template.yaml").read_text())


@contextmanager
def listening(handler: Handler) -> Iterator[str]:
    """Serve an app; yields the URL of its API."""
    with Server(0) as server:

        def answer(request: Request) -> Answer:
            reply = handler(event_of(request, server.port, BINARY), None)
            return answer_of(json.dumps(reply), request, BINARY)

        server.answer = answer
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.port}"
        finally:
            server.shutdown()
            thread.join()
