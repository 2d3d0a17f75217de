"""Requests to this machine itself: no proxy is asked, whatever the environment says."""

import urllib.request
from http.client import HTTPResponse

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def open_url(request: str | urllib.request.Request, timeout_seconds: float) -> HTTPResponse:
    """Open a URL of 127.0.0.1.

    Raises:
        HTTPError: it answered with an error.
        OSError: it did not answer.
    """
    answer: HTTPResponse = _OPENER.open(request, timeout=timeout_seconds)
    return answer
