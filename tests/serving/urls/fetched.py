"""What the tests of fetching share: the file at a public address, and a fetch in seconds."""

from time import monotonic

import pytest

from serving import urls
from serving.urls.fetching import MAX_BYTES
from tests.serving.urls.internet import Internet

PUBLIC = "93.184.215.14"
PHOTOGRAPH = b"\xff\xd8\xff the photograph"
CANNOT = (
    "the URL cannot be fetched: a public server must answer it with the status 200"
    " and the whole file in time"
)


def fetch(url: str, seconds: float = 5, max_bytes: int = MAX_BYTES) -> bytes:
    """Fetches a URL within some seconds."""
    return urls.fetch(url, monotonic() + seconds, max_bytes=max_bytes)


@pytest.fixture
def public(internet: Internet) -> Internet:
    """An internet in which example.com has one public address."""
    internet.name("example.com", [PUBLIC])
    return internet
