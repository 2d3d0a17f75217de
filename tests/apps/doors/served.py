"""Apps of models behind a local HTTP server, which makes events as a REST API does."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.json import encode

from apps.card import Card
from apps.tabular import serve
from pipeline.model.content_types import binary_media_types
from tests.model_directory import REPOSITORY
from tests.serving.recorded import request

Handler = Callable[[Any, Any], Any]
BINARY = binary_media_types((REPOSITORY / "template.yaml").read_text())


class Reply(NamedTuple):
    """What a caller gets."""

    status: int
    content_type: str
    body: Any  # JSON, else text


def tabular(engine: Any, card: Card, folder: Path) -> Handler:
    """The app of a model of rows."""
    path = folder / "card.json"
    path.write_bytes(encode(card))
    return serve(engine, str(path))


def event(method: str, path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """An event of a REST API: bytes for the content types of the template, else text."""
    name, content_type = "rest", headers.get("content-type")
    is_bytes = (content_type or "").partition(";")[0].strip().lower() in BINARY
    content = body if is_bytes else body.decode(errors="replace")
    made = request(name, content, method, path, content_type)
    return {**made, "headers": headers, "multiValueHeaders": {k: [v] for k, v in headers.items()}}


def ask(handler: Handler, path: str, body: Any = None, **headers: str) -> Reply:
    """Ask an app: with a body, by POST; an object or a list is sent as JSON."""
    sent = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    content = body.encode() if isinstance(body, str) else body
    if not isinstance(body, str | bytes | None):
        content = json.dumps(body).encode()
    sent.setdefault("content-type", "application/json")
    method = "GET" if body is None else "POST"
    returned = handler(event(method, path, sent, content or b""), None)
    answered = returned["headers"]["Content-Type"]
    content = returned["body"]
    is_json = answered == "application/json" and content.strip()
    return Reply(returned["statusCode"], answered, json.loads(content) if is_json else content)


@contextmanager
def listening(handler: Handler) -> Iterator[str]:
    """Serve an app on a port of this machine; yields its host and port."""

    class Http(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            replied = handler(event(self.command, self.path, headers, body), None)
            content = replied["body"].encode()
            first = headers.get("accept", "").split(",")[0]
            if replied["isBase64Encoded"] and first in BINARY:  # else it stays base64
                content = base64.b64decode(content)
            self.send_response(replied["statusCode"])
            for name, value in replied["headers"].items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = answer

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Http)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
