import re
import socket
import ssl
import threading
from collections.abc import Callable
from time import monotonic

import pytest
import trustme

from serving import BadRequest, TooLarge, Unprocessable
from tests.pytorch_example.internet import Internet, ok, redirect, response
from tests.pytorch_example.stand_in import MODULES

FETCH = MODULES["fetch"]
PUBLIC = "93.184.215.14"
PHOTOGRAPH = b"\xff\xd8\xff the photograph"
CANNOT = (
    "the URL cannot be fetched: a public server must answer it with the status 200"
    " and the whole file in time"
)


def fetch(url: str, seconds: float = 5) -> bytes:
    content: bytes = FETCH.fetch(url, monotonic() + seconds)
    return content


@pytest.fixture
def public(internet: Internet) -> Internet:
    """An internet in which example.com has one public address."""
    internet.name("example.com", [PUBLIC])
    return internet


@pytest.fixture
def authority(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> trustme.CA:
    """A certificate authority, the only one that is trusted."""
    ca = trustme.CA()
    file = tmp_path_factory.mktemp("certificates") / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("SSL_CERT_DIR", str(file.parent / "none"))
    FETCH._tls.cache_clear()
    return ca


def server_side(ca: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(name).configure_cert(context)
    return context


def test_a_file_is_fetched_from_the_address_that_was_looked_up(public: Internet) -> None:
    server = public.serve({"/dog.jpg?size=1": ok(PHOTOGRAPH)}, PUBLIC, 80)
    assert fetch("http://example.com/dog.jpg?size=1#top") == PHOTOGRAPH
    assert server.heads == [
        "GET /dog.jpg?size=1 HTTP/1.1\r\n"
        "Host: example.com\r\n"
        "User-Agent: pytorch-example\r\n"
        "Accept: image/jpeg, image/png, image/webp, image/gif\r\n"
        "Accept-Encoding: identity\r\n"
        "Connection: close\r\n\r\n"
    ]
    assert public.connections == [(PUBLIC, 80)]


def test_a_name_is_looked_up_once_so_that_a_second_answer_cannot_be_used(
    internet: Internet,
) -> None:
    internet.name("example.com", [PUBLIC], ["127.0.0.1"])
    secret = internet.serve({"/": ok(b"secret")}, "127.0.0.1", 80)
    internet.serve({"/": ok(PHOTOGRAPH)}, PUBLIC, 80)
    assert fetch("http://example.com/") == PHOTOGRAPH
    assert internet.look_ups == ["example.com"]
    assert internet.connections == [(PUBLIC, 80)]
    assert secret.heads == []


def test_a_redirect_to_the_same_name_is_looked_up_and_checked_afresh(internet: Internet) -> None:
    internet.name("example.com", [PUBLIC], ["127.0.0.1"])
    secret = internet.serve({"/b": ok(b"secret")}, "127.0.0.1", 80)
    internet.serve({"/a": redirect("/b")}, PUBLIC, 80)
    with pytest.raises(Unprocessable):
        fetch("http://example.com/a")
    assert internet.connections == [(PUBLIC, 80)]
    assert secret.heads == []


def test_the_next_address_is_tried_where_one_does_not_answer(internet: Internet) -> None:
    internet.name("example.com", ["2606:4700::1", "8.8.8.8", PUBLIC])
    internet.serve({"/": ok(PHOTOGRAPH)}, PUBLIC, 80)
    assert fetch("http://example.com/") == PHOTOGRAPH
    assert internet.connections == [("8.8.8.8", 80), (PUBLIC, 80)]


def test_a_private_address_gets_no_connection(internet: Internet) -> None:
    internet.name("example.com", ["10.0.0.1"])
    with pytest.raises(Unprocessable):
        fetch("http://example.com/")
    with pytest.raises(BadRequest):
        fetch("http://10.0.0.1/")
    assert internet.connections == []


def test_proxy_variables_are_not_heeded(public: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:3128")
    public.serve({"/": ok(PHOTOGRAPH)}, PUBLIC, 80)
    assert fetch("http://example.com/") == PHOTOGRAPH
    assert public.connections == [(PUBLIC, 80)]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Same", "308 Same"])
def test_three_redirects_are_followed(status: str, public: Internet) -> None:
    public.name("other.example", ["8.8.8.8"])
    public.serve(
        {
            "/a/1": redirect("2?x=y", status),
            "/a/2?x=y": redirect("//other.example/\u00fc b", status),
            "/4": ok(PHOTOGRAPH),
        },
        PUBLIC,
        80,
    )
    public.serve({"/%C3%BC%20b": redirect("http://example.com/4", status)}, "8.8.8.8", 80)
    assert fetch("http://example.com/a/1") == PHOTOGRAPH


def test_a_fourth_redirect_is_not_followed(public: Internet) -> None:
    answers = {f"/{n}": redirect(f"/{n + 1}") for n in range(4)}
    server = public.serve({**answers, "/4": ok(PHOTOGRAPH)}, PUBLIC, 80)
    assert fetch("http://example.com/1") == PHOTOGRAPH
    server.heads.clear()
    with pytest.raises(Unprocessable):
        fetch("http://example.com/0")
    assert len(server.heads) == 4


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:127.0.0.1]/",
        "http://2130706433/",
        "http://localhost/",
        "http://private.example/",
        "http://user@example.com/",
        "http://example.com:8080/",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "http://[",
    ],
)
def test_a_redirect_to_what_may_not_be_fetched_is_not_followed(
    location: str, public: Internet
) -> None:
    public.name("private.example", ["10.0.0.1"])
    public.serve({"/": redirect(location)}, PUBLIC, 80)
    with pytest.raises(Unprocessable) as refused:
        fetch("http://example.com/")
    assert str(refused.value) == CANNOT
    assert public.connections == [(PUBLIC, 80)]


def test_a_redirect_to_the_allow_list_is_followed(
    public: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = public.serve({"/dog.jpg": ok(PHOTOGRAPH)})
    monkeypatch.setenv("URL_ALLOW_LIST", f"127.0.0.1:{files.port}")
    public.serve({"/": redirect(f"http://127.0.0.1:{files.port}/dog.jpg")}, PUBLIC, 80)
    assert fetch("http://example.com/") == PHOTOGRAPH
    assert f"Host: 127.0.0.1:{files.port}\r\n" in files.heads[0]


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
    public.serve({"/": ok(bytes(FETCH.MAX_BYTES))}, PUBLIC, 80)
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
    with pytest.raises(TooLarge, match="more than 10000000 bytes"):
        fetch("http://example.com/")


def test_chunks_of_one_byte_are_not_read_for_ever(
    public: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FETCH, "MAX_BYTES", 100_000)
    endless = flood("Transfer-Encoding: chunked", piece=b"1\r\nx\r\n" * 10_000)
    public.serve({"/": endless}, PUBLIC, 80)
    with pytest.raises(Unprocessable):
        fetch("http://example.com/", seconds=30)


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


def test_https_is_fetched_with_a_certificate_for_the_name(
    public: Internet, authority: trustme.CA
) -> None:
    public.serve({"/": ok(PHOTOGRAPH)}, PUBLIC, 443, server_side(authority, "example.com"))
    assert fetch("https://example.com/") == PHOTOGRAPH


def test_https_of_an_international_name_is_fetched(
    internet: Internet, authority: trustme.CA
) -> None:
    internet.name("xn--bcher-kva.example", [PUBLIC])
    certificate = server_side(authority, "xn--bcher-kva.example")
    server = internet.serve({"/": ok(PHOTOGRAPH)}, PUBLIC, 443, certificate)
    assert fetch("https://B\u00fccher.example/") == PHOTOGRAPH
    assert re.search("^Host: xn--bcher-kva.example\r$", server.heads[0], re.MULTILINE)


def test_a_certificate_for_another_name_is_refused(public: Internet, authority: trustme.CA) -> None:
    server = public.serve({"/": ok(PHOTOGRAPH)}, PUBLIC, 443, server_side(authority, "b.example"))
    with pytest.raises(Unprocessable):
        fetch("https://example.com/")
    assert server.heads == []


def test_a_certificate_of_an_unknown_authority_is_refused(
    public: Internet, authority: trustme.CA
) -> None:
    certificate = server_side(trustme.CA(), "example.com")
    server = public.serve({"/": ok(PHOTOGRAPH)}, PUBLIC, 443, certificate)
    with pytest.raises(Unprocessable):
        fetch("https://example.com/")
    assert server.heads == []


def test_a_handshake_that_hangs_is_left_at_the_deadline(public: Internet) -> None:
    public.serve({}, PUBLIC, 443)  # waits for a request, not for a handshake
    started = monotonic()
    with pytest.raises(Unprocessable):
        fetch("https://example.com/", seconds=0.2)
    assert monotonic() - started < 1
