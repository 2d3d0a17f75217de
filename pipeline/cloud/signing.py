"""Signatures of requests with AWS credentials, version 4.

`curl --aws-sigv4` and every SDK make the same; the standard library has what it takes.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
from typing import NamedTuple
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials(NamedTuple):
    """A key of AWS; the token is empty where the key is not a temporary one."""

    key_id: str
    secret: str
    token: str = ""


class Scope(NamedTuple):
    """What a signature holds for: `execute-api` or `lambda` in a region."""

    region: str
    service: str


def signed(
    url: str, body: bytes, credentials: Credentials, scope: Scope, now: datetime.datetime
) -> dict[str, str]:
    """Give the headers that sign a POST of a body; the body's type is not signed.

    Args:
        url: without a query.
        body: as it is sent.
        credentials: whose signature it is.
        scope: where it counts.
        now: in UTC; the signature counts for minutes.
    """
    parts = urlsplit(url)
    time = now.strftime("%Y%m%dT%H%M%SZ")
    headers = {"host": parts.netloc, "x-amz-date": time}
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    # Encoded once more: of all services only S3 takes the path as it is sent.
    path = quote(parts.path or "/", safe="/-_.~")
    request = f"POST\n{path}\n\n{lines}\n{';'.join(headers)}\n{hashlib.sha256(body).hexdigest()}"
    place = f"{time[:8]}/{scope.region}/{scope.service}/aws4_request"
    text = f"{ALGORITHM}\n{time}\n{place}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = _mac(_key(credentials.secret, time[:8], scope), text).hex()
    claim = f"Credential={credentials.key_id}/{place}, SignedHeaders={';'.join(headers)}"
    del headers["host"]  # which the client sends by itself
    return {**headers, "authorization": f"{ALGORITHM} {claim}, Signature={signature}"}


def _key(secret: str, day: str, scope: Scope) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, scope.region, scope.service, "aws4_request"):
        key = _mac(key, part)
    return key


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
