"""A model's file from S3: a server that answers as S3 does, with every fault on the way."""

import hashlib
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from serving import fetched as module
from serving.fetched import ModelFileError, fetched
from serving.model_file import model_file
from tests.model_directory import REPOSITORY

CONTENT = os.urandom(1000) * 250  # of 25 parts
SHA256 = hashlib.sha256(CONTENT).hexdigest()
URI = "s3://models/a model.ubj"


class Store(BaseHTTPRequestHandler):
    """An object, whose first requests meet faults."""

    protocol_version = "HTTP/1.1"
    faults: list[str]
    asked: list[dict[str, str]]
    lock = threading.Lock()

    def do_GET(self) -> None:
        with self.lock:
            self.asked.append({name.lower(): value for name, value in self.headers.items()})
            fault = self.faults.pop(0) if self.faults else ""
        first, last = (int(x) for x in self.headers["range"].removeprefix("bytes=").split("-"))
        piece = CONTENT[first : last + 1]
        if fault.isdigit():
            self._say(int(fault), b"<Error><Code>TheCode</Code></Error>")
        elif fault == "changed":
            self._say(412, b"<Error><Code>PreconditionFailed</Code></Error>")
        elif fault == "dropped":
            self.connection.shutdown(socket.SHUT_RDWR)
        elif fault == "cut":
            self._say(206, piece[:100], len(piece), first)
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self._say(206, piece, len(piece), first)

    def _say(self, status: int, body: bytes, length: int = 0, first: int = 0) -> None:
        self.send_response(status)
        if status == 206:
            self.send_header("content-range", f"bytes {first}-{first + length - 1}/{len(CONTENT)}")
            self.send_header("etag", '"v1"')
        self.send_header("content-length", str(length or len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Store]]:
    """A store whose faults a test sets."""
    kind = type("OneStore", (Store,), {"faults": [], "asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        monkeypatch.setattr(module, "PART_BYTES", 10_000)
        monkeypatch.setattr(module, "WAITS_SECONDS", (0.0, 0.0, 0.0))
        yield kind
        server.shutdown()


def left(folder: Path) -> list[str]:
    """The files below a folder."""
    return [path.name for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "faults",
    [
        [],
        ["500", "503", "500"],
        ["", "500", "dropped", "cut", "503", "cut"],
        ["cut", "dropped", "cut"],
        ["", *["500"] * 3],
    ],
)
def test_a_file_is_whole_whatever_happened_on_the_way(
    store: type[Store], faults: list[str], tmp_path: Path
) -> None:
    store.faults = list(faults)
    path = fetched(URI, SHA256, "model.ubj", str(tmp_path))
    assert Path(path).read_bytes() == CONTENT and Path(path).name == "model.ubj"
    assert left(tmp_path) == ["model.ubj"]
    assert len(store.asked) == 25 + len([fault for fault in faults if fault])
    assert all(one["if-match"] == '"v1"' for one in store.asked if "bytes=0-" not in one["range"])


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        (["403"], r"S3 answers 403 TheCode .*role may read this key alone"),
        (["404"], r"S3 answers 404 TheCode .*Release the file once more with -m"),
        (["500"] * 4, r"S3 answers 500 TheCode .*anew with the next request"),
        (["cut"] * 4, r"anew with the next request"),
        (["", "", "changed"], r"S3 answers 412 PreconditionFailed"),
    ],
)
def test_what_cannot_be_read_leaves_nothing_and_says_why(
    store: type[Store], faults: list[str], message: str, tmp_path: Path
) -> None:
    store.faults = list(faults)
    with pytest.raises(ModelFileError, match=message):
        fetched(URI, SHA256, "model.ubj", str(tmp_path))
    assert left(tmp_path) == []


def test_another_content_than_was_released_is_refused(store: type[Store], tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=f"its SHA-256 is {SHA256}, and MODEL_URI_SHA256 000"):
        fetched(URI, "0" * 64, "model.ubj", str(tmp_path))
    assert left(tmp_path) == []


def test_a_file_that_has_no_room_is_refused_before_it_is_read(
    store: type[Store], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = os.statvfs_result([4096, 4096, 100, 1, 1, 10, 10, 10, 0, 255])
    monkeypatch.setattr(os, "statvfs", lambda _: full)
    with pytest.raises(ModelFileError, match="larger EPHEMERAL_STORAGE_SIZE"):
        fetched(URI, SHA256, "model.ubj", str(tmp_path))
    assert len(store.asked) == 1 and left(tmp_path) == []


def test_a_file_that_is_there_is_not_read_again(store: type[Store], tmp_path: Path) -> None:
    first = fetched(URI, SHA256, "model.ubj", str(tmp_path))
    count = len(store.asked)
    assert fetched(URI, SHA256, "model.ubj", str(tmp_path)) == first
    assert len(store.asked) == count


def test_a_local_file_is_checked_and_used_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "churn v2.ubj"
    file.write_bytes(CONTENT)
    monkeypatch.setenv("MODEL_URI", f"file://{file}")
    monkeypatch.setenv("MODEL_URI_SHA256", SHA256)
    assert model_file("/var/task/model.ubj") == str(file)
    monkeypatch.setenv("MODEL_URI_SHA256", "0" * 64)
    with pytest.raises(ModelFileError, match="is not the file that was released"):
        model_file("/var/task/model.ubj")


def test_a_file_in_the_image_needs_nothing_of_this(monkeypatch: pytest.MonkeyPatch) -> None:
    program = (
        "import sys; from serving.model_file import model_file; print(model_file('/var/task/m'));"
        "print([n for n in sys.modules if n in ('hashlib', 'http.client', 'serving.fetched')])"
    )
    environ = {name: value for name, value in os.environ.items() if name != "MODEL_URI"}
    command = [sys.executable, "-c", program]
    ran: Any = subprocess.run(
        command, cwd=REPOSITORY, env=environ, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "/var/task/m\n[]\n"
