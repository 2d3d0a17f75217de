"""The loop's HTTP, on the loopback interface alone."""

from __future__ import annotations

import socketserver
import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any

from pipeline.errors import LoopError
from pipeline.loop.events import TOO_LONG, Answer, Request, message
from pipeline.loop.guard import is_of_this_user

HOST = "127.0.0.1"
# API Gateway's own limit; that of Lambda is smaller.
# Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
MAX_BODY_BYTES = 10 * 1024 * 1024
MAX_LENGTH_DIGITS = 20
IDLE_SECONDS = 60
METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    """Listens on a port, and answers each connection in a thread of its own."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int) -> None:
        """Listen; the answers come with `answer`.

        Args:
            port: the one to take; 0 for one that is free.

        Raises:
            LoopError: it cannot be had.
        """
        self.answer: Callable[[Request], Answer] = lambda _: message(503, "not ready")
        try:
            super().__init__((HOST, port), _Handler)
        except (OSError, OverflowError) as error:
            raise LoopError(f"port {port} cannot be had: {error}. Name another: --port") from error

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over callers that went away."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    server: Server

    def setup(self) -> None:
        super().setup()
        self._is_ours = is_of_this_user(self.client_address, (HOST, self.server.port))

    def handle_expect_100(self) -> bool:
        """Let a caller send its body, unless it would be refused."""
        refused = self._refused()
        if refused:
            self._send(refused)
            return False
        return super().handle_expect_100()

    def _handle(self) -> None:
        refused = self._refused()
        if refused:
            self._send(refused)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = [(name, value) for name, value in self.headers.items()]
        self._send(self.server.answer(Request(self.command, self.path, headers, body)))

    def _refused(self) -> Answer | None:
        """Refuse what is not read; the connection then ends."""
        self.close_connection = True
        if not self._is_ours:
            return message(403, "the loop answers programs of the user that started it")
        if "Transfer-Encoding" in self.headers:
            return message(411, "send the body with a Content-Length, not in chunks")
        length = self.headers.get("Content-Length") or "0"
        if not (length.isascii() and length.isdigit()):
            return message(400, "Content-Length must be a number")
        # Python makes no number of more than 4,300 digits.
        if len(length) > MAX_LENGTH_DIGITS or int(length) > MAX_BODY_BYTES:
            return message(413, TOO_LONG)
        self.close_connection = self.headers.get("Connection", "").lower() == "close"
        return None

    def _send(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def send_error(self, code: int, *_: Any) -> None:
        """Refuse what Python's server cannot read, in the form of all errors here."""
        self.close_connection = True
        if code == HTTPStatus.NOT_IMPLEMENTED:
            refused = message(405, f"use one of {', '.join(METHODS)}, not {self.command}")
            refused.headers.append(("Allow", ", ".join(METHODS)))
            self._send(refused)
            return
        self._send(message(code, f"the request cannot be read: {HTTPStatus(code).phrase}"))

    def log_message(self, *_: Any) -> None:
        """Leave the lines to the loop."""


for _method in METHODS:
    setattr(_Handler, f"do_{_method}", _Handler._handle)
