"""Let pages of other origins ask; imported where the variable CORS_ORIGINS is set.

CORS_ORIGINS is a list, `https://app.example.com,https://example.org`, or `*` for any origin.
Cookies and other credentials are never allowed: a model needs none.

Source: https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from serving.errors import Forbidden
from serving.events import Call
from serving.log import Line

PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": "Content-Encoding, Content-Type",
    "Access-Control-Max-Age": "7200",  # seconds, the most that browsers take
}


class Cors:
    """Which origins may ask, and the headers that tell a browser."""

    def __init__(self, origins: str) -> None:
        """Read the list."""
        self._origins = {origin.strip().rstrip("/").lower() for origin in origins.split(",")}

    def headers(self, call: Call) -> dict[str, str]:
        """Make the headers for an answer to a call, whatever its status."""
        if call.door == "invoke":
            return {}
        vary = {} if "*" in self._origins else {"Vary": "Origin"}
        origin = call.header("origin")
        if not self._has(origin):
            return vary
        headers = {**vary, "Access-Control-Allow-Origin": origin if vary else "*"}
        return headers | PREFLIGHT if call.method == "OPTIONS" else headers

    def preflight(self, call: Call, _: Line) -> bytes:
        """Answer a browser that asks whether a page may ask: with nothing but the headers.

        Raises:
            Forbidden: the page's origin may not.
        """
        origin = call.header("origin")
        if origin and not self._has(origin):
            raise Forbidden(f"pages of {origin} may not ask this model")
        return b""

    def _has(self, origin: str) -> bool:
        return bool(origin) and not self._origins.isdisjoint(("*", origin.lower()))
