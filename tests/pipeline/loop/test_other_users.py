"""What programs of another user get from the loop: no answer of the app."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from pipeline.loop.events import Answer, Request
from pipeline.loop.server import Server

NOBODY = 65534
TIMES = 30
DEADLINE_SECONDS = 20
pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="/proc/net/tcp is Linux's"),
    pytest.mark.skipif(os.geteuid() != 0, reason="root alone can become another user"),
]

# Becomes a user; all is imported before, which that user may not be able to.
BECOME = """
import encodings.idna, os, socket, sys
port, user = int(sys.argv[1]), int(sys.argv[2])
os.setuid(user)
REQUEST = b"GET / HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n"

def connect(host, from_port):
    client = socket.socket()
    client.settimeout(20)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    client.bind((host, from_port))
    client.connect(("127.0.0.1", port))
    return client
"""
# The kernel shows root as the user of a socket that is closed.
CLOSES = """
client = connect("127.0.0.1", 0)
client.sendall(REQUEST)
client.close()
"""
# The first connection, which ends in TIME_WAIT, has the port of the second.
HIDES = """
first = connect("127.0.0.1", 0)
from_port = first.getsockname()[1]
first.shutdown(socket.SHUT_WR)
first.recv(1)
first.close()
with connect("127.0.0.2", from_port) as second:
    second.sendall(REQUEST)
    print(second.recv(12).decode())
"""
ASKS = """
with connect("127.0.0.1", 0) as client:
    client.sendall(REQUEST)
    print(client.recv(12).decode())
"""


class Counting(Server):
    """Counts the requests that its app got, and the connections that ended."""

    def __init__(self) -> None:
        super().__init__(0)
        self.asked: list[Request] = []
        self.ended: list[object] = []
        self.answer = self._answer

    def _answer(self, request: Request) -> Answer:
        self.asked.append(request)
        return Answer(200, [], b"secret")

    def shutdown_request(self, request: object) -> None:
        """Note that a connection's thread is done."""
        super().shutdown_request(request)  # type: ignore[arg-type]
        self.ended.append(request)


@pytest.fixture
def server() -> Iterator[Counting]:
    with Counting() as listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.02,))
        thread.start()
        yield listening
        listening.shutdown()
        thread.join()


def ask(server: Counting, user: int, script: str, connections: int) -> list[str]:
    """Run a script many times as a user, until all of its connections ended; what it printed."""
    lines = "".join(f"    {line}\n" for line in script.strip().splitlines())
    program = f"{BECOME}\nfor _ in range({TIMES}):\n{lines}"
    command = [sys.executable, "-c", program, str(server.port), str(user)]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    deadline = time.monotonic() + DEADLINE_SECONDS
    while len(server.ended) < connections * TIMES:
        assert time.monotonic() < deadline, f"{len(server.ended)} connections ended"
        time.sleep(0.01)
    return ran.stdout.splitlines()


def test_a_client_of_another_user_that_closes_at_once_does_not_run_the_app(
    server: Counting,
) -> None:
    ask(server, NOBODY, CLOSES, 1)
    assert server.asked == []


def test_a_client_of_another_user_cannot_hide_behind_a_closed_connection(
    server: Counting,
) -> None:
    assert ask(server, NOBODY, HIDES, 2) == ["HTTP/1.1 403"] * TIMES
    assert server.asked == []


def test_a_client_of_another_user_is_refused_and_one_of_this_user_answered(
    server: Counting,
) -> None:
    assert ask(server, NOBODY, ASKS, 1) == ["HTTP/1.1 403"] * TIMES
    assert server.asked == []
    assert ask(server, os.geteuid(), ASKS, 1) == ["HTTP/1.1 200"] * TIMES
    assert len(server.asked) == TIMES
