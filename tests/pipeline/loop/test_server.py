"""The loop's HTTP: what is passed on, what is refused, and how large a body may be."""

import http.client
import socket
import threading
from collections.abc import Iterator

import pytest

from pipeline.errors import LoopError
from pipeline.loop import server as loop_server
from pipeline.loop.events import Answer, Request
from pipeline.loop.server import MAX_BODY_BYTES, Server


@pytest.fixture
def asked() -> list[Request]:
    """The requests that were passed on."""
    return []


@pytest.fixture
def server(asked: list[Request]) -> Iterator[Server]:
    """A server that answers what it was asked."""

    def answer(request: Request) -> Answer:
        asked.append(request)
        status = 204 if request.method == "OPTIONS" else 200
        return Answer(status, [("X-A", "1")], b"" if status == 204 else b"got " + request.body)

    with Server(0) as listening:
        listening.answer = answer
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


def ask(server: Server, method: str, **more: object) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request(method, "/predict?a=1", **more)  # type: ignore[arg-type]
    answer = connection.getresponse()
    return answer.status, answer.read()


def raw(server: Server, head: str) -> bytes:
    """What a connection gets for its first bytes, until the server closes it."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(head.encode())
        return b"".join(iter(lambda: connection.recv(4096), b""))


@pytest.mark.parametrize("method", ["DELETE", "GET", "PATCH", "POST", "PUT"])
def test_every_method_of_api_gateway_is_passed_on(
    server: Server, asked: list[Request], method: str
) -> None:
    assert ask(server, method, body=b"\x00\xff", headers={"X-B": "2"}) == (200, b"got \x00\xff")
    (request,) = asked
    assert (request.method, request.target, request.body) == (method, "/predict?a=1", b"\x00\xff")
    assert request.header("x-b") == "2"


def test_head_and_options_have_no_body(server: Server) -> None:
    assert ask(server, "HEAD") == (200, b"")
    assert ask(server, "OPTIONS") == (204, b"")


def test_a_connection_is_kept_for_the_next_request(server: Server, asked: list[Request]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    for _ in range(3):
        connection.request("POST", "/predict", b"a")
        assert connection.getresponse().read() == b"got a"
        assert connection.sock
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (f"Content-Length: {MAX_BODY_BYTES + 1}", b"413"),
        (f"Content-Length: {MAX_BODY_BYTES + 1}\r\nExpect: 100-continue", b"413"),
        pytest.param("Content-Length: " + "9" * 5000, b"413", id="5,000 digits"),
        ("Transfer-Encoding: chunked", b"411"),
        ("Content-Length: -1", b"400"),
        ("Content-Length: 1_0", b"400"),
    ],
)
def test_a_body_that_is_not_read_is_refused_and_ends_the_connection(
    server: Server, asked: list[Request], head: str, status: bytes
) -> None:
    answer = raw(server, f"POST /predict HTTP/1.1\r\nHost: a\r\n{head}\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 " + status) and b'{"message": "' in answer
    assert not asked


def test_a_caller_that_waits_for_leave_to_send_gets_it(server: Server) -> None:
    head = (
        "POST /predict HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close"
    )
    answer = raw(server, f"{head}\r\n\r\nab")
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200")
    assert answer.endswith(b"got ab")


def test_another_user_is_refused(
    server: Server, asked: list[Request], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop_server, "is_of_this_user", lambda *_: False)
    status, body = ask(server, "POST", body=b"a")
    assert status == 403 and b"of the user that started it" in body
    assert not asked


def test_it_listens_on_the_loopback_interface_alone(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize("port", [-1, 70000])
def test_a_port_that_is_none_is_refused(port: int) -> None:
    with pytest.raises(LoopError, match="cannot be had"):
        Server(port)


def test_a_port_that_is_taken_is_named(server: Server) -> None:
    with pytest.raises(LoopError, match=f"port {server.port} cannot be had: .*--port"):
        Server(server.port)
