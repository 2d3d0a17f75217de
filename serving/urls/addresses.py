"""Check which URLs may be fetched, and that they lead to public addresses alone.

The variable URL_ALLOW_LIST, `host:port,host:port`, names exceptions for tests and private networks.
It is empty by default: every caller of the function can read what answers there.
"""

import os
import re
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from serving.errors import BadRequest

MAX_URL_LENGTH = 8192
MAX_NAME_LENGTH = 253  # RFC 1035, as text without the last dot
MAX_AUTHORITY_LENGTH = MAX_NAME_LENGTH + len(".:65535")
PORTS = {"http": 80, "https": 443}
AUTHORITY = re.compile(r"[^/?#]*")
NAME = re.compile(r"([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?")
BRACKETED = re.compile(r"\[[0-9a-fA-F:.]+\](:[0-9]*)?")
NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
SAFE = "!#$%&'()*+,/:;=?@[]~"  # in a URL, as letters and digits are; anything else is %-encoded

# https://www.iana.org/assignments/iana-ipv4-special-registry/ and iana-ipv6-special-registry/.
# A list of our own, since `is_global` of the standard library changes with Python's version.
SPECIAL_V4 = [
    IPv4Network(block)
    for block in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24"),
        *("192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
    )
]
# Outside of 2000::/3 lie loopback, IPv4-mapped, NAT64, unique local (EC2's metadata), link-local
# and multicast addresses; inside, the tunnels Teredo (2001::/32) and 6to4 (2002::/16).
GLOBAL_V6 = IPv6Network("2000::/3")
SPECIAL_V6 = [
    IPv6Network(block)
    for block in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
]


class Target(NamedTuple):
    """A URL that may be fetched: its host in ASCII and lower case, its path with the query."""

    scheme: str
    host: str
    port: int
    path: str
    allowed: bool

    @property
    def authority(self) -> str:
        """The host as in URLs and the header Host, with the port unless it is the usual one."""
        usual = self.port == PORTS[self.scheme]
        return _bracketed(self.host) if usual else f"{_bracketed(self.host)}:{self.port}"

    @property
    def url(self) -> str:
        """The URL, as it is sent."""
        return f"{self.scheme}://{self.authority}{self.path}"


def target_of(url: str) -> Target:
    """Parse a URL that may be fetched; look nothing up.

    Raises:
        BadRequest: the URL may not be fetched; the message is always the same.
    """
    try:
        return _target(url)
    except ValueError as error:
        raise BadRequest(
            "the URL may not be fetched: it must start with http:// or https:// and have"
            " a public host, the port 80 or 443, and no user name"
        ) from error


def _target(url: str) -> Target:
    _check_length(url)
    parts = urlsplit(url)
    if not url.isprintable() or parts.scheme not in PORTS or "@" in parts.netloc:
        raise ValueError("control characters, another scheme or credentials")
    if set("[]") & set(parts.netloc) and not BRACKETED.fullmatch(parts.netloc):
        raise ValueError("brackets, but not around an IPv6 address")
    host = _host(parts.hostname or "")
    port = PORTS[parts.scheme] if parts.port is None else parts.port
    allowed = f"{_bracketed(host)}:{port}" in _allow_list()
    if not allowed and (port not in PORTS.values() or not _may_be_public(host)):
        raise ValueError("another port, or a host that is not public")
    path = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), SAFE)
    return Target(parts.scheme, host, port, path, allowed)


def _check_length(url: str) -> None:
    """Refuse long hosts first: normalising and encoding them takes time by the square."""
    authority = AUTHORITY.match(url, url.find("//") + 2)
    if len(url) > MAX_URL_LENGTH or (authority and len(authority[0]) > MAX_AUTHORITY_LENGTH):
        raise ValueError("too long")


def _host(text: str) -> str:
    """Return a host in its one spelling; refuse 127.1, 0x7f000001, 2130706433, 0177.0.0.1."""
    if ":" in text and "%" not in text:
        return str(IPv6Address(text))
    name = text if text.isascii() else text.encode("idna").decode().lower()
    if len(name.rstrip(".")) > MAX_NAME_LENGTH or not NAME.fullmatch(name):
        raise ValueError("not a host name")
    if NUMBER.fullmatch(name.rstrip(".").rpartition(".")[2]):
        return str(IPv4Address(name))
    return name


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _may_be_public(host: str) -> bool:
    """Tell whether a host is a public address, or a name with a dot, unlike localhost."""
    try:
        return is_public(host)
    except ValueError:
        return "." in host.rstrip(".")


def _allow_list() -> set[str]:
    entries = os.environ.get("URL_ALLOW_LIST", "").lower().split(",")
    return {entry.strip() for entry in entries}


def is_public(address: str) -> bool:
    """Tell whether an IPv4 or IPv6 address is one of the public internet.

    Raises:
        ValueError: the text is not an address.
    """
    ip = ip_address(address)
    if isinstance(ip, IPv4Address):
        return not any(ip in block for block in SPECIAL_V4)
    return ip in GLOBAL_V6 and not any(ip in block for block in SPECIAL_V6)


def addresses(target: Target, deadline: float) -> list[str]:
    """Look up all addresses of a target's host, once; IPv4 first: Lambda may have no IPv6.

    Args:
        target: where to go.
        deadline: reading of `monotonic` at which the look-up is given up.

    Raises:
        OSError: the host has no address, or one that is not public, or the time is up.
    """
    found = _look_up(target.host, target.port, seconds_until(deadline))
    if not found or not (target.allowed or all(map(is_public, found))):
        raise OSError("no address, or one that is not public")
    return sorted(found, key=lambda address: ":" in address)


def _look_up(host: str, port: int, timeout_seconds: float) -> list[str]:
    """Look up all addresses of a host; return an empty list if no answer came in time.

    getaddrinfo takes no time-out, hence the thread; it ends seconds later, with the resolver's own.
    """
    answers: SimpleQueue[list[str]] = SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
        except (OSError, UnicodeError):
            answers.put([])

    Thread(target=ask, daemon=True).start()
    try:
        return answers.get(timeout=timeout_seconds)
    except Empty:
        return []


def seconds_until(deadline: float) -> float:
    """Return the seconds left until a reading of `monotonic`.

    Raises:
        TimeoutError: none are left.
    """
    seconds = deadline - monotonic()
    if seconds <= 0:
        raise TimeoutError("the time is up")
    return seconds
