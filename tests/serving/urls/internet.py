"""An internet of this process: names and addresses that lead to servers on loopback."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any

import pytest

REAL_GETADDRINFO = socket.getaddrinfo
REAL_SOCKET = socket.socket
Answer = bytes | Callable[[socket.socket], None]


def ok(body: bytes, *headers: str) -> bytes:
    """An answer with the status 200."""
    return response("200 OK", body, f"Content-Length: {len(body)}", *headers)


def redirect(location: str, status: str = "302 Found") -> bytes:
    """An answer that sends the caller elsewhere."""
    return response(status, b"", f"Location: {location}", "Content-Length: 0")


def response(status: str, body: bytes, *headers: str) -> bytes:
    """An answer as a server writes it."""
    head = "\r\n".join([f"HTTP/1.1 {status}", *headers])
    return head.encode() + b"\r\n\r\n" + body


class Server:
    """A server on loopback: what it answers by path, and the heads of the requests that it got."""

    def __init__(self, answers: Mapping[str, Answer], tls: ssl.SSLContext | None = None) -> None:
        self.heads: list[str] = []
        self.ended = threading.Event()

        class Handler(BaseRequestHandler):
            def handle(handler) -> None:
                try:
                    self._answer(handler.request, answers, tls)
                except OSError:
                    pass  # the caller hung up, or was not content with the certificate

        self._server = ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def _answer(
        self, sock: socket.socket, answers: Mapping[str, Answer], tls: ssl.SSLContext | None
    ) -> None:
        with tls.wrap_socket(sock, server_side=True) if tls else sock as connection:
            head = b""
            while b"\r\n\r\n" not in head and (received := connection.recv(65536)):
                head += received
            self.heads.append(head.decode("latin-1"))
            answer = answers.get(self.heads[-1].split(" ")[1], response("404 Not Found", b"none"))
            if isinstance(answer, bytes):
                connection.sendall(answer)
            else:
                answer(connection)

    def stop(self) -> None:
        """Ends it, and what waits in its answers for `ended`."""
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()


class Internet:
    """What names resolve to, where connections to public addresses lead, and who asked for what."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.look_ups: list[str] = []
        self.connections: list[tuple[str, int]] = []
        self._names: dict[str, list[list[str]]] = {}
        self._ports: dict[tuple[str, int], int] = {}
        self._servers: list[Server] = []
        monkeypatch.setattr(socket, "getaddrinfo", self._getaddrinfo)
        monkeypatch.setattr(socket, "socket", self._routed())

    def name(self, name: str, *answers: list[str]) -> None:
        """Gives a name its addresses: those of the first look-up, of the second and so on."""
        self._names[name] = list(answers)

    def serve(
        self,
        answers: Mapping[str, Answer],
        address: str = "127.0.0.1",
        port: int | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> Server:
        """Starts a server that is reached at an address and a port, by default its own."""
        server = Server(answers, tls)
        self._servers.append(server)
        self._ports[address, port or server.port] = server.port
        return server

    def stop(self) -> None:
        """Ends its servers."""
        for server in self._servers:
            server.stop()

    def _getaddrinfo(self, host: str, port: int, **options: Any) -> Any:
        if ":" in host or host.replace(".", "").isdigit():
            return REAL_GETADDRINFO(host, port, **options)
        self.look_ups.append(host)
        answers = self._names.get(host, [[]])
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [entry for address in found for entry in REAL_GETADDRINFO(address, port, **options)]

    def _routed(internet) -> type[socket.socket]:
        class Routed(REAL_SOCKET):
            def connect(self, address: Any) -> None:
                internet.connections.append(address[:2])
                if address[:2] not in internet._ports:
                    raise ConnectionRefusedError
                super().connect(("127.0.0.1", internet._ports[address[:2]]))

        return Routed


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    """Names, addresses and servers of a test's own; the allow-list is empty."""
    monkeypatch.delenv("URL_ALLOW_LIST", raising=False)
    network = Internet(monkeypatch)
    yield network
    network.stop()
