"""A request as it came in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True)
class Request:
    """An HTTP request.

    Attributes:
        path: percent-encoded, as it came.
        query: as it came, without the question mark.
        headers: by lower-case name; what came more than once is joined with commas.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def parameters(self) -> dict[str, list[str]]:
        """The query's parameters."""
        return parse_qs(self.query, keep_blank_values=True)


def request_of(scope: Mapping[str, Any]) -> Request:
    """The request of an ASGI scope, whose body is still to come.

    Source: https://asgi.readthedocs.io/en/latest/specs/www.html#http-connection-scope
    """
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]},{text}" if key in headers else text
    path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    return Request(scope["method"], path, query, headers)
