"""Who may ask the loop."""

import os
import socket
import subprocess
import sys
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


def connected() -> tuple[socket.socket, socket.socket, socket.socket]:
    """A listening socket, and both ends of a connection to it."""
    listening = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(listening.getsockname())
    return listening, client, listening.accept()[0]


@ONLY_LINUX
def test_a_connection_of_this_user_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    listening, client, other = connected()
    with listening, client, other:
        ports = client.getsockname()[1], listening.getsockname()[1]
        assert is_of_this_user(*ports)
        assert not is_of_this_user(1, ports[1])


# Says who connects to it; another user may not be able to import, so all is imported before.
SERVER = """
import encodings.idna, os, socket
from pipeline.loop.guard import is_of_this_user
os.setuid(12345)
listening = socket.create_server(("127.0.0.1", 0))
listening.settimeout(20)
print(listening.getsockname()[1], flush=True)
connection, (host, port) = listening.accept()
print(is_of_this_user(port, listening.getsockname()[1]))
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
