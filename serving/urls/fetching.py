"""Fetch a URL: connect to an address that was checked, follow redirects, read the file."""

import socket
import ssl
from functools import cache
from http.client import HTTPException, HTTPResponse
from io import BufferedReader, RawIOBase
from typing import Any, cast
from urllib.parse import quote, urljoin

from serving.errors import BadRequest, TooLarge, Unprocessable
from serving.urls.addresses import SAFE, Target, addresses, seconds_until, target_of

MAX_ADDRESSES = 8  # of a name, tried in turn: nobody should scan ports through this
MAX_BYTES = 10_000_000
MAX_HEAD_BYTES = 65_536
MAX_REDIRECTS = 3
REDIRECTS = {301, 302, 303, 307, 308}
HEADERS = "Accept-Encoding: identity\r\nConnection: close\r\n\r\n"


def fetch(
    url: str,
    deadline: float,
    *,
    accept: str = "*/*",
    user_agent: str = "serving",
    max_bytes: int = MAX_BYTES,
) -> bytes:
    """Fetch the file that a URL leads to, over at most `MAX_REDIRECTS` redirects.

    Args:
        url: as the caller sent it; nothing about it is trusted.
        deadline: reading of `monotonic` by which all of it must be done, look-ups included.
        accept: the content types that are asked for, as the header Accept lists them.
        user_agent: how the request names who sends it.
        max_bytes: the largest file that is taken.

    Raises:
        BadRequest: the URL itself shows that it may not be fetched.
        Unprocessable: the fetch failed; the message is the same whatever the server did.
        TooLarge: the file has more than `max_bytes`.
    """
    headers = f"User-Agent: {user_agent}\r\nAccept: {accept}\r\n{HEADERS}"
    target = target_of(url)
    try:
        return _follow(target, deadline, headers, max_bytes)
    except (OSError, HTTPException, ValueError, BadRequest) as error:
        raise Unprocessable(
            "the URL cannot be fetched: a public server must answer it with the status 200"
            " and the whole file in time"
        ) from error


def _follow(target: Target, deadline: float, headers: str, max_bytes: int) -> bytes:
    for _ in range(1 + MAX_REDIRECTS):
        found = _get(target, deadline, headers, max_bytes)
        if isinstance(found, bytes):
            return found
        target = found
    raise HTTPException("too many redirects")


def _get(target: Target, deadline: float, headers: str, max_bytes: int) -> bytes | Target:
    """Get the file, or the target that the server redirects to.

    Raises:
        OSError, HTTPException, ValueError: there is no file, or it comes too late.
        BadRequest: the server redirects to a URL that may not be fetched.
        TooLarge: the file has more than `max_bytes`.
    """
    with _connect(target, deadline) as sock:
        sock.settimeout(seconds_until(deadline))
        head = f"GET {target.path} HTTP/1.1\r\nHost: {target.authority}\r\n{headers}"
        sock.sendall(head.encode("ascii"))
        received = _Received(sock, deadline)
        with HTTPResponse(cast(Any, received), method="GET") as response:
            response.begin()
            if redirect := _redirect(response, target):
                return redirect
            if response.status != 200:
                raise HTTPException("another status than 200")
            received.bytes_left = 2 * max_bytes  # chunks have heads of their own
            return _body(response, max_bytes)


def _redirect(response: HTTPResponse, target: Target) -> Target | None:
    location = response.headers.get("Location")
    if response.status not in REDIRECTS or not location:
        return None
    # Headers are read as Latin-1, whatever their bytes are.
    return target_of(urljoin(target.url, quote(location.encode("latin-1"), SAFE)))


def _body(response: HTTPResponse, max_bytes: int) -> bytes:
    if response.headers.get("Transfer-Encoding", "chunked").strip().lower() != "chunked":
        raise HTTPException("an unknown transfer encoding")
    if (response.length or 0) > max_bytes:
        raise _too_large(max_bytes)
    body = response.read(max_bytes + 1)
    if len(body) > max_bytes:
        raise _too_large(max_bytes)
    if response.length:
        raise HTTPException("it ends too early")
    return body


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(f"the URL's file is larger than the limit of {max_bytes} bytes")


def _connect(target: Target, deadline: float) -> socket.socket:
    """Connect to one of the addresses that were checked; look nothing up again."""
    sock = _first_connected(addresses(target, deadline), target.port, deadline)
    if target.scheme == "http":
        return sock
    try:
        sock.settimeout(seconds_until(deadline))
        return _tls().wrap_socket(sock, server_hostname=target.host.rstrip("."))
    except BaseException:
        sock.close()
        raise


def _first_connected(candidates: list[str], port: int, deadline: float) -> socket.socket:
    problem = OSError("no address")
    candidates = candidates[:MAX_ADDRESSES]
    for position, address in enumerate(candidates):
        sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        try:
            sock.settimeout(seconds_until(deadline) / (len(candidates) - position))
            sock.connect((address, port))
            return sock
        except OSError as error:
            sock.close()
            problem = error
    raise problem


@cache
def _tls() -> ssl.SSLContext:
    """Make what checks certificates and names; once, since it reads all authorities."""
    return ssl.create_default_context()


class _Received(RawIOBase):
    """The bytes of a socket, each read of which ends at the deadline.

    A time-out of the socket itself starts anew with each byte of a slow server.
    """

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._socket = sock
        self._deadline = deadline
        self.bytes_left = MAX_HEAD_BYTES

    def makefile(self, _: str) -> BufferedReader:
        return BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._socket.settimeout(seconds_until(self._deadline))
        count = self._socket.recv_into(buffer)
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise HTTPException("too many bytes")
        return count
