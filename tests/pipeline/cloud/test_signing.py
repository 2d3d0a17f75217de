"""Signatures, compared with botocore's."""

import datetime

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Theirs

from pipeline.cloud.signing import Credentials, Scope, signed

NOW = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC)
URLS = [
    "https://abc.execute-api.eu-west-1.amazonaws.com/dev/predict",
    "https://abc.lambda-url.eu-west-1.on.aws/a/~b/c.d",
    "http://127.0.0.1:4566/restapis/abc/$default/_user_request_/predict",
    "https://api.example.com",
]


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("service", ["execute-api", "lambda"])
@pytest.mark.parametrize("token", ["", "a token"])
def test_a_signature_is_that_of_botocore(
    url: str, service: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: NOW.replace(tzinfo=None))
    body = b'{"x": 1}'
    theirs = AWSRequest(method="POST", url=url, data=body)
    SigV4Auth(Theirs("AKID", "secret", token or None), service, "eu-west-1").add_auth(theirs)
    ours = signed(url, body, Credentials("AKID", "secret", token), Scope("eu-west-1", service), NOW)
    assert ours == {name.lower(): value for name, value in theirs.headers.items()}
