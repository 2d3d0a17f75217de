"""Who may ask the loop: programs of this user, and pages that CORS_ORIGINS names."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from pipeline.loop.events import Request

# The second has the connections of IPv6 sockets to IPv4 addresses, as Java makes them.
# Each with what it writes before such an address.
CONNECTIONS = {Path("/proc/net/tcp"): b"", Path("/proc/net/tcp6"): bytes(10) + b"\xff\xff"}
ESTABLISHED = "01"
LOOPBACK = "127.0.0.1"
ROOT = 0

Address = tuple[str, int]
Owner = tuple[int, str]  # user and inode


def refusal(request: Request, port: int, origins: str) -> str:
    """Say why a request is refused; empty where it is not.

    Args:
        request: what came in.
        port: that the loop listens on.
        origins: the setting CORS_ORIGINS.

    Source: https://crypto.stanford.edu/dns/dns-rebinding.pdf, https://www.w3.org/TR/fetch-metadata/
    """
    hosts = [f"{name}:{port}" for name in ("127.0.0.1", "localhost")]
    named = [value for key, value in request.headers if key.lower() == "host"]
    if len(named) != 1 or named[0].lower() not in hosts:
        return f"the loop answers at {' and '.join(hosts)} only"
    origin = request.header("origin").lower()
    allowed = {one.strip().lower() for one in origins.split(",")}
    if "*" in allowed or origin in {*allowed, *(f"http://{host}" for host in hosts)} - {""}:
        return ""
    # A browser says `none` of an address that its user typed in.
    if origin or request.header("sec-fetch-site") not in ("", "none", "same-origin"):
        return f"pages of {origin or 'other origins'} may not ask: CORS_ORIGINS does not name them"
    return ""


def is_of_this_user(client: Address, server: Address) -> bool:
    """Tell whether a connection on the loopback interface is of this user, or of root.

    A client that has closed its end already is nobody's: Linux shows root as its user.

    Args:
        client: host and port of the end that asks.
        server: host and port of the end that answers.

    Returns:
        True for everybody's where the system is not Linux.

    Source: https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt
    """
    if not sys.platform.startswith("linux"):
        return True
    if client[0] != LOOPBACK:
        return False
    owners = _owners(client, server)
    users = [user for user, _ in owners]
    # A socket that is closed while its row is written can look like an open one of root.
    is_sure = users != [ROOT] or _owners(client, server) == owners
    return is_sure and users in ([os.geteuid()], [ROOT])


def _owners(client: Address, server: Address) -> set[Owner]:
    """Whose the client's end of a connection is; none where it is not open at both ends."""
    for file, prefix in CONNECTIONS.items():
        ends = [_row_end(prefix, *end) for end in (client, server)]
        rows = [line.split() for line in _lines(file)]
        found = [row for row in rows if row[1:3] == ends and row[3] == ESTABLISHED]
        if found:  # Linux takes milliseconds for a list, and a connection is in one of them
            return {(int(row[7]), row[9]) for row in found if row[9] != "0"}
    return set()


def _row_end(prefix: bytes, host: str, port: int) -> str:
    """Write an address as Linux does: each four bytes as a number of the machine's order."""
    address = prefix + socket.inet_aton(host)
    words = [address[start : start + 4] for start in range(0, len(address), 4)]
    return "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words) + f":{port:04X}"


def _lines(file: Path) -> list[str]:
    """Read a list of connections; an empty one, by which nobody may ask, where it cannot be had."""
    try:
        return file.read_text(encoding="utf-8").splitlines()[1:]
    except OSError:
        return []
