"""Objects of S3, read and written with the standard library.

boto3 would take longer to import than most models to load: see docs/outside.md. Requests are signed
with the credentials of the function's role, which Lambda keeps in variables or, with SnapStart, has
a local server give.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
and https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from os import environ
from typing import NamedTuple
from urllib.parse import quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
ENCRYPTED = {"x-amz-server-side-encryption": "AES256"}
URI = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(?P<key>.+)")


class ObjectError(Exception):
    """S3 does not do what was asked; `status` is that of its answer."""

    def __init__(self, message: str, status: int) -> None:
        """Keep the status."""
        super().__init__(message)
        self.status = status


class Credentials(NamedTuple):
    """A key of AWS; a temporary one has a token."""

    key_id: str
    secret: str
    token: str = ""


class Place(NamedTuple):
    """Where an object is.

    Attributes:
        origin: scheme and host, `https://bucket.s3.eu-west-1.amazonaws.com`.
        path: percent-encoded.
        region: of AWS.
    """

    origin: str
    path: str
    region: str


def place(uri: str) -> Place:
    """Find where an object is, by `s3://bucket/key`.

    Raises:
        ValueError: it is another address.
    """
    found = URI.fullmatch(uri)
    if found is None:
        raise ValueError(f"not the address of an object, s3://BUCKET/KEY: {uri}")
    bucket, key = found["bucket"], quote(found["key"], safe="/-_.~")
    region = environ.get("AWS_REGION") or "us-east-1"
    own = environ.get("AWS_ENDPOINT_URL_S3")
    if own:
        return Place(own.rstrip("/"), f"/{bucket}/{key}", region)
    domain = f"s3.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")
    if "." in bucket:  # of which S3's certificate knows nothing
        return Place(f"https://{domain}", f"/{bucket}/{key}", region)
    return Place(f"https://{bucket}.{domain}", f"/{key}", region)


def credentials() -> Credentials:
    """Find the credentials of the function's role.

    Raises:
        OSError, KeyError: there are none.
    """
    url = environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    if not url:
        token = environ.get("AWS_SESSION_TOKEN", "")
        return Credentials(environ["AWS_ACCESS_KEY_ID"], environ["AWS_SECRET_ACCESS_KEY"], token)
    from json import load
    from urllib.request import Request, urlopen

    token = environ["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
    with urlopen(Request(url, headers={"Authorization": token}), timeout=2) as answer:  # noqa: S310
        given = load(answer)
    return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["Token"])


def signed(
    method: str, at: Place, headers: Mapping[str, str], body: bytes, key: Credentials, now: datetime
) -> dict[str, str]:
    """Give the headers of a request, with its signature.

    Args:
        method: of HTTP.
        at: the object.
        headers: further ones, by lower-case name; all are signed.
        body: as it is sent.
        key: whose signature it is.
        now: in UTC.
    """
    time = now.strftime("%Y%m%dT%H%M%SZ")
    signing = {**headers, "host": urlsplit(at.origin).netloc, "x-amz-date": time}
    signing["x-amz-content-sha256"] = hashlib.sha256(body).hexdigest()
    if key.token:
        signing["x-amz-security-token"] = key.token
    names = sorted(signing)
    lines = "".join(f"{name}:{signing[name]}\n" for name in names)
    request = "\n".join(
        [method, at.path, "", lines, ";".join(names), signing["x-amz-content-sha256"]]
    )
    scope = f"{time[:8]}/{at.region}/s3/aws4_request"
    text = f"{ALGORITHM}\n{time}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
    signature = _mac(_signing_key(key.secret, scope), text).hex()
    claim = f"Credential={key.key_id}/{scope}, SignedHeaders={';'.join(names)}"
    return {**signing, "authorization": f"{ALGORITHM} {claim}, Signature={signature}"}


def _signing_key(secret: str, scope: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = _mac(key, part)
    return key


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def connect(at: Place, timeout_seconds: float) -> HTTPConnection:
    """Make a connection to where an object is, which is opened by its first request."""
    parts = urlsplit(at.origin)
    kind = HTTPConnection if parts.scheme == "http" else HTTPSConnection
    return kind(parts.netloc, timeout=timeout_seconds)


def ask(
    connection: HTTPConnection,
    method: str,
    at: Place,
    key: Credentials,
    headers: Mapping[str, str],
    body: bytes = b"",
) -> HTTPResponse:
    """Send a request for an object; the answer, whose body is still to be read.

    Raises:
        ObjectError: S3 refuses; the message has its code.
        OSError, http.client.HTTPException: the connection fails.
    """
    sent = signed(method, at, headers, body, key, datetime.now(UTC))
    connection.request(method, at.path, body or None, sent)
    answer = connection.getresponse()
    if answer.status not in (200, 206):
        code = re.search(rb"<Code>(\w+)</Code>", answer.read(10_000))
        told = code[1].decode() if code else answer.reason
        raise ObjectError(f"S3 answers {answer.status} {told} for {at.path}", answer.status)
    return answer


def put(uri: str, content: bytes, timeout_seconds: float) -> None:
    """Write an object, encrypted by S3.

    Raises:
        ObjectError: S3 refuses.
        OSError, http.client.HTTPException: the connection fails.
    """
    at = place(uri)
    connection = connect(at, timeout_seconds)
    try:
        ask(connection, "PUT", at, credentials(), ENCRYPTED, content).read()
    finally:
        connection.close()
