"""An object of S3 as a file of /tmp: streamed in parts, checked, and never half used.

The parts are of one version of the object, by its ETag. What fails for a moment is tried again.
"""

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from http.client import HTTPConnection, HTTPException
from queue import Empty, SimpleQueue

from serving.objects import Credentials, ObjectError, Place, ask, connect, credentials, place

FOLDER = "/tmp"  # noqa: S108  # all that a function may write to
PART_BYTES = 8 * 1024 * 1024
CONNECTIONS = 4
TIMEOUT_SECONDS = 10.0
WAITS_SECONDS = (0.1, 0.4, 1.6)  # before the second try of a request, the third and the last
LOCAL = "file://"


class ModelFileError(Exception):
    """The model's file cannot be had; the message says what to do."""


class Retried(Exception):
    """Something that may well succeed at the next try."""


def fetched(uri: str, sha256: str, name: str, folder: str = FOLDER) -> str:
    """Bring an object to this machine; the path of its file.

    Args:
        uri: `s3://bucket/key`; or `file://` and an absolute path, which is checked and not copied.
        sha256: of the content, 64 hex digits.
        name: of the file.
        folder: for it, and for what is not whole yet.

    Raises:
        ModelFileError: it cannot be had, or its content is another.
    """
    if uri.startswith(LOCAL):
        path = uri[len(LOCAL) :]
        _check(path, sha256, uri)
        return path
    path = os.path.join(folder, f"model-{sha256}", name)
    if os.path.exists(path):  # whole: it got its name last
        return path
    os.makedirs(os.path.dirname(path), exist_ok=True)
    part = f"{path}.part"
    try:
        _Download(uri, part).run()
        _check(part, sha256, uri)
        os.replace(part, path)
    except (ObjectError, HTTPException, Retried, OSError, ValueError) as error:
        raise ModelFileError(f"{uri} cannot be read: {error}. {_advice(error)}") from error
    finally:
        with suppress(OSError):
            os.unlink(part)
    return path


def _check(path: str, sha256: str, uri: str) -> None:
    with open(path, "rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise ModelFileError(
            f"{uri} is not the file that was released: its SHA-256 is {found}, and MODEL_URI_SHA256"
            f" {sha256 or 'is not set'}. Release the file once more with -m"
        )


def _advice(error: Exception) -> str:
    status = getattr(error, "status", 0)
    if status == 403:
        return "The function's role may read this key alone: release the file once more with -m"
    if status == 404:
        return "Release the file once more with -m"
    if isinstance(error, NoRoom):
        return "Set a larger EPHEMERAL_STORAGE_SIZE"
    return "Lambda starts the function anew with the next request"


class NoRoom(OSError):
    """The file is larger than the place for it."""


class _Download:
    """One object on its way into a file."""

    def __init__(self, uri: str, path: str) -> None:
        self._at: Place = place(uri)
        self._key: Credentials = credentials()
        self._path = path
        self._etag = ""
        self._size_bytes = 0
        self._failure: Exception | None = None

    def run(self) -> None:
        """Write the whole object into the file."""
        with open(self._path, "wb") as file:
            with closing(connect(self._at, TIMEOUT_SECONDS)) as connection:
                _retried(connection, partial(self._read_first, connection, file.fileno()))
            starts: SimpleQueue[int] = SimpleQueue()
            for start in range(PART_BYTES, self._size_bytes, PART_BYTES):
                starts.put(start)
            count = min(CONNECTIONS, starts.qsize())
            threads = [
                threading.Thread(target=self._read_others, args=(starts, file.fileno()))
                for _ in range(count)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        if self._failure:
            raise self._failure

    def _read_first(self, connection: HTTPConnection, file: int) -> None:
        """Read the first part, which tells how many bytes there are, and their ETag."""
        headers = {"range": f"bytes=0-{PART_BYTES - 1}"}
        answer = ask(connection, "GET", self._at, self._key, headers)
        self._etag = answer.getheader("ETag", "")
        whole = answer.getheader("Content-Range", "").rpartition("/")[2]
        self._size_bytes = int(whole or answer.getheader("Content-Length", "0"))
        _require_room(self._path, self._size_bytes)
        expected = min(PART_BYTES, self._size_bytes) if whole else self._size_bytes
        _copy(iter(lambda: answer.read(1 << 20), b""), file, 0, expected)

    def _read_others(self, starts: "SimpleQueue[int]", file: int) -> None:
        with closing(connect(self._at, TIMEOUT_SECONDS)) as connection:
            while self._failure is None:
                try:
                    start = starts.get_nowait()
                except Empty:
                    return
                try:
                    _retried(connection, partial(self._read, connection, start, file))
                except (ObjectError, HTTPException, Retried, OSError) as error:
                    self._failure = error

    def _read(self, connection: HTTPConnection, start: int, file: int) -> None:
        end = min(start + PART_BYTES, self._size_bytes)
        headers = {"range": f"bytes={start}-{end - 1}", "if-match": self._etag}
        answer = ask(connection, "GET", self._at, self._key, headers)
        _copy(iter(lambda: answer.read(1 << 20), b""), file, start, end - start)


def _require_room(path: str, size_bytes: int) -> None:
    found = os.statvfs(os.path.dirname(path))
    free_bytes = found.f_bavail * found.f_frsize
    if size_bytes > free_bytes:
        raise NoRoom(f"it has {size_bytes:,} bytes, and /tmp has {free_bytes:,} free")


def _copy(pieces: Iterator[bytes], file: int, start: int, expected: int) -> None:
    """Write what comes to its place in a file.

    Raises:
        Retried: fewer bytes came than there should be, or more.
    """
    at = start
    for piece in pieces:
        at += os.pwrite(file, piece, at)
    if at - start != expected:
        raise Retried(f"{at - start:,} bytes came in place of {expected:,}")


def _retried(connection: HTTPConnection, read: Callable[[], None]) -> None:
    """Read, again where that may help: not what S3 refuses, and not what has no room."""
    for wait_seconds in (*WAITS_SECONDS, None):
        try:
            return read()
        except ObjectError as error:
            if wait_seconds is None or error.status < 500:
                raise
        except NoRoom:
            raise
        except (HTTPException, Retried, OSError):
            if wait_seconds is None:
                raise
        connection.close()  # which the next try opens anew
        time.sleep(wait_seconds)
