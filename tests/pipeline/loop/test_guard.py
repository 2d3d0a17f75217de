"""Who may ask the loop."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.loop import guard
from pipeline.loop.events import Request
from pipeline.loop.guard import is_of_this_user, refusal

HOST = ("Host", "127.0.0.1:4000")
PAGE = "https://app.example.com"
ONLY_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="/proc/net/tcp is Linux's")


def refused(*headers: tuple[str, str], origins: str = "") -> str:
    return refusal(Request("POST", "/predict", headers), 4000, origins)


@pytest.mark.parametrize("host", ["127.0.0.1:4000", "localhost:4000", "LOCALHOST:4000"])
def test_a_program_on_this_machine_may_ask(host: str) -> None:
    assert refused(("host", host)) == ""


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:80", "evil.example:4000", ""])
def test_a_request_that_was_meant_for_another_host_is_refused(host: str) -> None:
    assert "answers at 127.0.0.1:4000 and localhost:4000 only" in refused(("Host", host))


def test_a_request_with_no_host_or_two_is_refused() -> None:
    assert refused() and refused(HOST, ("Host", "evil.example"))


@pytest.mark.parametrize(
    "headers",
    [
        [("Origin", PAGE)],
        [("Origin", "null")],
        [("Origin", "http://localhost:4001")],
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "same-site")],
    ],
)
def test_a_page_of_elsewhere_is_refused(headers: list[tuple[str, str]]) -> None:
    assert "may not ask" in refused(HOST, *headers)
    assert "may not ask" in refused(HOST, *headers, origins="https://other.example")


@pytest.mark.parametrize(
    ("headers", "origins"),
    [
        ([("Origin", "http://127.0.0.1:4000"), ("Sec-Fetch-Site", "same-origin")], ""),
        ([("Sec-Fetch-Site", "none")], ""),
        ([("Origin", PAGE), ("Sec-Fetch-Site", "cross-site")], f"https://a.example,{PAGE}"),
        ([("Origin", PAGE)], "*"),
    ],
)
def test_a_page_that_is_named_or_typed_in_may_ask(
    headers: list[tuple[str, str]], origins: str
) -> None:
    assert refused(HOST, *headers, origins=origins) == ""


def known(client: socket.socket, listening: socket.socket) -> bool:
    return is_of_this_user(client.getsockname()[:2], listening.getsockname())


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


@ONLY_LINUX
def test_a_connection_of_this_user_is_known(listening: socket.socket) -> None:
    with socket.create_connection(listening.getsockname()) as client:
        assert known(client, listening)
        host, port = client.getsockname()
        assert not is_of_this_user((host, 1), listening.getsockname())
        assert not is_of_this_user((host, port), (host, 1))


@ONLY_LINUX
def test_a_connection_of_this_user_by_an_ipv6_socket_is_known(listening: socket.socket) -> None:
    with socket.socket(socket.AF_INET6) as client:
        client.connect(("::ffff:127.0.0.1", listening.getsockname()[1]))
        host, port = client.getsockname()[:2]
        assert host == "::ffff:127.0.0.1"
        assert is_of_this_user(("127.0.0.1", port), listening.getsockname())


@ONLY_LINUX
def test_a_connection_from_another_address_is_refused(listening: socket.socket) -> None:
    with socket.create_connection(listening.getsockname(), None, ("127.0.0.2", 0)) as client:
        assert not known(client, listening)


@ONLY_LINUX
def test_a_connection_that_its_client_closed_is_refused(listening: socket.socket) -> None:
    with socket.create_connection(listening.getsockname()) as client:
        ends = client.getsockname(), listening.getsockname()
    assert not is_of_this_user(*ends)


@ONLY_LINUX
def test_nobody_is_known_where_the_connections_cannot_be_read(
    listening: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "CONNECTIONS", {Path("/nowhere"): b""})
    with socket.create_connection(listening.getsockname()) as client:
        assert not known(client, listening)


# Row of /proc/net/tcp: place, both addresses, state, queues, timer, tries, user, timeout, inode.
ROW = " 0: 0100007F:0001 0100007F:0002 {state} 0:0 0:0 0 {user} 0 {inode} 1\n"
LITTLE_ENDIAN = pytest.mark.skipif(sys.byteorder != "little", reason="the rows are written so")


@ONLY_LINUX
@LITTLE_ENDIAN
@pytest.mark.parametrize(
    ("rows", "is_known"),
    [
        ([("01", 0, 7)], True),
        ([("01", 0, 0)], False),
        ([("06", 0, 0)], False),
        ([("05", 0, 7)], False),
        ([("01", 0, 7), ("01", 0, 8)], False),
        ([("01", 54321, 7)], False),
    ],
)
def test_a_row_of_root_counts_where_it_is_open_and_the_only_one(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: list[tuple[str, int, int]],
    is_known: bool,
) -> None:
    lines = [ROW.format(state=state, user=user, inode=inode) for state, user, inode in rows]
    (tmp_path / "tcp").write_text("head\n" + "".join(lines))
    monkeypatch.setattr(guard, "CONNECTIONS", {tmp_path / "tcp": b""})
    assert is_of_this_user(("127.0.0.1", 1), ("127.0.0.1", 2)) == is_known


# Says who connects to it; another user may not be able to import, so all is imported before.
SERVER = """
import encodings.idna, os, socket
from pipeline.loop.guard import is_of_this_user
os.setuid(12345)
listening = socket.create_server(("127.0.0.1", 0))
listening.settimeout(20)
print(listening.getsockname()[1], flush=True)
connection, client = listening.accept()
print(is_of_this_user(client, listening.getsockname()))
"""
CLIENT = """
import encodings.idna, os, socket, sys
os.setuid(int(sys.argv[2]))
socket.create_connection(("127.0.0.1", int(sys.argv[1]))).recv(1)
"""


@ONLY_LINUX
@pytest.mark.skipif(os.geteuid() != 0, reason="root alone can become another user")
@pytest.mark.parametrize(("user", "known"), [(12345, "True"), (12346, "False"), (0, "True")])
def test_a_connection_of_another_user_is_known(user: int, known: str) -> None:
    root = str(Path(guard.__file__).resolve().parents[2])
    command = [sys.executable, "-c", SERVER]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        port = server.stdout.readline().strip()
        subprocess.run([sys.executable, "-c", CLIENT, port, str(user)], check=False)
        assert server.stdout.readline().strip() == known
