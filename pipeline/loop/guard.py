"""Who may ask the loop: programs of this user, and pages that CORS_ORIGINS names."""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.loop.events import Request

CONNECTIONS = Path("/proc/net/tcp")  # Linux; elsewhere every user of the machine may ask
ROOT = 0


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


def is_of_this_user(client_port: int, port: int) -> bool:
    """Tell whether a connection on the loopback interface is of this user, or of root.

    Source: https://www.kernel.org/doc/Documentation/networking/proc_net_tcp.txt
    """
    try:
        lines = CONNECTIONS.read_text(encoding="utf-8").splitlines()[1:]
    except OSError:
        return True
    ends = (f":{client_port:04X}", f":{port:04X}")
    for line in lines:
        _, local, remote, *rest = line.split()
        if local.endswith(ends[0]) and remote.endswith(ends[1]):
            return int(rest[4]) in (os.geteuid(), ROOT)
    return False
