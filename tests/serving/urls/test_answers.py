import socket
from collections.abc import Callable

import pytest

from serving import TooLarge, Unprocessable
from tests.serving.urls.fetched import CANNOT, PUBLIC, fetch
from tests.serving.urls.internet import Internet, ok, response

BAD_ANSWERS = {
    "404": response("404 Not Found", b"secret"),
    "500": response("500 Error", b"secret"),
    "204": response("204 No Content", b""),
    "206": response("206 Partial Content", b"secret", "Content-Length: 6"),
    "304": response("304 Not Modified", b""),
    "a redirect to nowhere": response("302 Found", b"secret"),
    "nothing": b"",
    "not HTTP": b"SSH-2.0-secret\r\n",
    "no status": b"HTTP/1.1 secret\r\n\r\n",
    "a body cut off": response("200 OK", b"secret", "Content-Length: 7"),
    "a chunk cut off": response("200 OK", b"9\r\nsecret", "Transfer-Encoding: chunked"),
    "chunks without an end": response("200 OK", b"6\r\nsecret\r\n", "Transfer-Encoding: chunked"),
    "a chunk of no size": response("200 OK", b"x\r\nsecret\r\n", "Transfer-Encoding: chunked"),
    "a line of 70,000 bytes": response("200 OK", b"secret", "A: " + "a" * 70_000),
    "200 headers": response("200 OK", b"secret", *["A: a"] * 200),
    "a head of 90,000 bytes": response("200 OK", b"secret", *["A: " + "a" * 1000] * 90),
    "endless 100": b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000,
}


@pytest.mark.parametrize("answer", BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_what_is_there_does_not_show_in_the_error(answer: bytes, public: Internet) -> None:
    public.serve({"/": answer}, PUBLIC, 80)
    with pytest.raises(Unprocessable) as failed:
        fetch("http://example.com/")
    assert str(failed.value) == CANNOT


@pytest.mark.parametrize(
    "host", ["nothing.example", "private.example", "silent.example", "example.com"]
)
def test_nothing_being_there_has_the_same_words(host: str, public: Internet) -> None:
    public.name("private.example", ["169.254.169.254"])
    public.name("silent.example", ["8.8.4.4"])
    public.serve({"/": BAD_ANSWERS["404"]}, PUBLIC, 80)
    with pytest.raises(Unprocessable) as failed:
        fetch(f"http://{host}/")
    assert str(failed.value) == CANNOT


CHUNKED = b"a\r\n0123456789\r\n5;x=y\r\nabcde\r\n0\r\nTrailer: x\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        response("200 OK", CHUNKED, "Transfer-Encoding: chunked"),
        response("200 OK", b"0123456789abcde"),
        response("200 OK", b"0123456789abcde and more", "Content-Length: 15"),
        b"HTTP/1.1 100 Continue\r\n\r\n" + ok(b"0123456789abcde"),
        b"HTTP/1.0 200 OK\n\n0123456789abcde",
    ],
    ids=["chunked", "until the end", "more than it says", "after a 100", "HTTP/1.0"],
)
def test_a_body_is_read_however_it_is_sent(answer: bytes, public: Internet) -> None:
    public.serve({"/": answer}, PUBLIC, 80)
    assert fetch("http://example.com/") == b"0123456789abcde"


def test_a_body_is_not_unpacked(public: Internet) -> None:
    public.serve({"/": ok(b"\x1f\x8b packed", "Content-Encoding: gzip")}, PUBLIC, 80)
    assert fetch("http://example.com/") == b"\x1f\x8b packed"


def flood(*headers: str, piece: bytes = b"x" * 65536) -> Callable[[socket.socket], None]:
    """An answer with a body that never ends."""

    def answer(connection: socket.socket) -> None:
        connection.sendall(response("200 OK", b"", *headers))
        while True:
            connection.sendall(piece)

    return answer


def test_a_file_of_10_mb_is_fetched(public: Internet) -> None:
    public.serve({"/": ok(bytes(10_000_000))}, PUBLIC, 80)
    assert fetch("http://example.com/") == bytes(10_000_000)


@pytest.mark.parametrize(
    "answer",
    [
        ok(bytes(10_000_001)),
        response("200 OK", b"", "Content-Length: 99999999999"),
        response("200 OK", bytes(10_000_001)),
        flood(),
        flood("Transfer-Encoding: chunked", piece=b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n"),
    ],
    ids=["a byte too many", "so it says", "not announced", "endless", "endless chunks"],
)
def test_a_file_of_more_than_10_mb_is_given_up(
    answer: bytes | Callable[[socket.socket], None], public: Internet
) -> None:
    public.serve({"/": answer}, PUBLIC, 80)
    with pytest.raises(TooLarge, match="larger than the limit of 10000000 bytes"):
        fetch("http://example.com/")


def test_a_caller_may_set_another_limit(public: Internet) -> None:
    public.serve({"/": ok(b"12345")}, PUBLIC, 80)
    assert fetch("http://example.com/", max_bytes=5) == b"12345"
    with pytest.raises(TooLarge, match="larger than the limit of 4 bytes"):
        fetch("http://example.com/", max_bytes=4)


def test_chunks_of_one_byte_are_not_read_for_ever(public: Internet) -> None:
    endless = flood("Transfer-Encoding: chunked", piece=b"1\r\nx\r\n" * 10_000)
    public.serve({"/": endless}, PUBLIC, 80)
    with pytest.raises(Unprocessable):
        fetch("http://example.com/", seconds=30, max_bytes=100_000)
