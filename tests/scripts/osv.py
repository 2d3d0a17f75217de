"""A stand-in for OSV's service: it knows of the vulnerabilities that it is told."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Osv:
    """The service's address, what it knows, and what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.known: dict[tuple[str, str], str] = {}  # an identifier by package and version
        self.asked: set[tuple[str, str]] = set()

    def answer(self, body: bytes) -> bytes:
        """What the service answers to a query: https://google.github.io/osv.dev/post-v1-query/."""
        query = json.loads(body)
        pin = query["package"]["name"], query["version"]
        self.asked.add(pin)
        if pin not in self.known:
            return b"{}"
        package = {"name": pin[0], "ecosystem": "PyPI"}
        events = [{"introduced": "0"}, {"fixed": "99.0"}]
        affected = {"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}
        found = {"id": self.known[pin], "summary": "It is broken.", "affected": [affected]}
        return json.dumps({"vulns": [found]}).encode()


@contextmanager
def serving(osv: Osv) -> Iterator[Osv]:
    """Answer on a port of the loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = osv.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        threading.Thread(target=http.serve_forever).start()
        osv.url = f"http://127.0.0.1:{http.server_port}/v1/query"
        yield osv
        http.shutdown()
