import socket
import threading
from collections.abc import Callable
from time import monotonic

import pytest

from serving import Unprocessable
from tests.serving.urls.fetched import PUBLIC, fetch
from tests.serving.urls.internet import Internet, redirect, response

pytestmark = pytest.mark.timing


def drip(
    first: bytes, server_ended: Callable[[], threading.Event]
) -> Callable[[socket.socket], None]:
    """An answer that sends a byte every hundredth of a second after its first bytes."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(first)
        while not server_ended().wait(0.01):
            connection.sendall(b"x")

    return answer


@pytest.mark.parametrize(
    "first", [b"", b"HTTP/1.1 200 OK\r\n", response("200 OK", b"", "Content-Length: 99999")]
)
def test_a_server_that_drips_is_left_at_the_deadline(first: bytes, public: Internet) -> None:
    server = public.serve({"/": drip(first, lambda: server.ended)}, PUBLIC, 80)
    started = monotonic()
    with pytest.raises(Unprocessable):
        fetch("http://example.com/", seconds=0.3)
    assert 0.25 < monotonic() - started < 1


def test_a_server_that_says_nothing_is_left_at_the_deadline(public: Internet) -> None:
    def silence(_: socket.socket) -> None:
        server.ended.wait(30)

    server = public.serve({"/": silence}, PUBLIC, 80)
    started = monotonic()
    with pytest.raises(Unprocessable):
        fetch("http://example.com/", seconds=0.2)
    assert monotonic() - started < 1


def test_all_redirects_share_one_deadline(public: Internet) -> None:
    def slow(connection: socket.socket) -> None:
        server.ended.wait(0.15)
        connection.sendall(redirect("/"))

    server = public.serve({"/": slow}, PUBLIC, 80)
    started = monotonic()
    with pytest.raises(Unprocessable):
        fetch("http://example.com/", seconds=0.25)
    assert monotonic() - started < 0.4
    assert len(server.heads) == 2


def test_no_connection_is_opened_when_the_time_is_up(public: Internet) -> None:
    with pytest.raises(Unprocessable):
        fetch("http://example.com/", seconds=0)
    assert public.connections == []


def test_a_handshake_that_hangs_is_left_at_the_deadline(public: Internet) -> None:
    public.serve({}, PUBLIC, 443)  # waits for a request, not for a handshake
    started = monotonic()
    with pytest.raises(Unprocessable):
        fetch("https://example.com/", seconds=0.2)
    assert monotonic() - started < 1
