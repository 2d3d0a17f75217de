"""Requests to S3, signed as botocore signs them, and what is made of addresses and answers."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Theirs

from serving import objects
from serving.objects import Credentials, ObjectError, Place, place, signed

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3", raising=False)


@pytest.mark.parametrize("uri", ["s3://models/a/b.ubj", "s3://models/ü b+c~d//e", "s3://a.b.c/k"])
@pytest.mark.parametrize("token", ["", "a token"])
@pytest.mark.parametrize(
    ("method", "headers", "body"),
    [("GET", {"range": "bytes=0-9", "if-match": '"abc"'}, b""), ("PUT", objects.ENCRYPTED, b"{}")],
)
def test_a_signature_is_that_of_botocore(
    uri: str,
    token: str,
    method: str,
    headers: dict[str, str],
    body: bytes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: NOW.replace(tzinfo=None))
    at = place(uri)
    theirs = AWSRequest(method=method, url=at.origin + at.path, data=body, headers=headers)
    S3SigV4Auth(Theirs("AKID", "secret", token or None), "s3", at.region).add_auth(theirs)
    ours = signed(method, at, headers, body, Credentials("AKID", "secret", token), NOW)
    del ours["host"]  # which botocore's client adds by itself
    assert ours == {name.lower(): value for name, value in theirs.headers.items()}


def test_the_signature_of_a_published_example_is_right() -> None:
    """Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html."""
    key = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    at = Place("https://examplebucket.s3.amazonaws.com", "/test.txt", "us-east-1")
    now = datetime(2013, 5, 24, tzinfo=UTC)
    made = signed("GET", at, {"range": "bytes=0-9"}, b"", key, now)
    value = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    assert made["authorization"].endswith(f"Signature={value}")


@pytest.mark.parametrize(
    ("region", "uri", "url"),
    [
        ("eu-west-1", "s3://models/a/b c", "https://models.s3.eu-west-1.amazonaws.com/a/b%20c"),
        ("eu-west-1", "s3://my.models/a", "https://s3.eu-west-1.amazonaws.com/my.models/a"),
        ("cn-north-1", "s3://models/a", "https://models.s3.cn-north-1.amazonaws.com.cn/a"),
    ],
)
def test_an_object_is_where_s3_says(
    region: str, uri: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html."""
    monkeypatch.setenv("AWS_REGION", region)
    at = place(uri)
    assert at.origin + at.path == url


@pytest.mark.parametrize("uri", ["https://models/a", "s3://models", "s3://models/", "s3://M/a"])
def test_another_address_is_refused(uri: str) -> None:
    with pytest.raises(ValueError, match="s3://BUCKET/KEY"):
        place(uri)


class Refusing(BaseHTTPRequestHandler):
    """Answers as S3 does to whom it does not let in; gives SnapStart's credentials."""

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._say(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")

    def do_GET(self) -> None:
        assert self.headers["authorization"] == "the token"
        self._say(200, b'{"AccessKeyId": "ASIA", "SecretAccessKey": "s", "Token": "t"}')

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def refusing() -> Iterator[str]:
    """The URL of a server that refuses."""
    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_what_s3_refuses_is_told_with_its_code(
    refusing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", refusing)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKID")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with pytest.raises(ObjectError, match=r"403 AccessDenied for /models/a\.json") as error:
        objects.put("s3://models/a.json", b"{}", 5)
    assert error.value.status == 403


def test_with_snapstart_the_credentials_come_from_a_local_server(
    refusing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Source: https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html."""
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{refusing}/credentials")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "the token")
    assert objects.credentials() == Credentials("ASIA", "s", "t")
    assert urlsplit(refusing).hostname == "127.0.0.1"
