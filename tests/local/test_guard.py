"""The gate before the control plane, without one: signatures and operations."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from local.credentials import Credentials
from local.guard import operations, signatures
from local.guard.refusals import NotPartOfIt, NotSigned
from local.guard.requests import Request
from tests.local.attack import signed

OWN = Credentials("LOCALABCDEFGHIJKLMNO", "the secret", "the password")
KEY = {"AWS_ACCESS_KEY_ID": OWN.key_id, "AWS_SECRET_ACCESS_KEY": OWN.secret}
HOST = "127.0.0.1:4566"


def request(service: str, method: str, target: str, body: bytes = b"", **headers: str) -> Request:
    """A request as the gate gets it, with a right signature."""
    made = signed(KEY, service, method, f"http://{HOST}{target}", body, **headers)
    parts = urlsplit(target)
    named = {name.lower(): value for name, value in made.items()}
    return Request(method, parts.path, parts.query, {**named, "host": HOST}, body)


def verify(one: Request, minutes_later: int = 0) -> str:
    """The service that a request is signed for."""
    signature = signatures.claimed(one)
    signatures.check_claim(signature, OWN, datetime.now(UTC) + timedelta(minutes=minutes_later))
    signatures.check(one, signature, OWN)
    return signature.service


@pytest.mark.parametrize(
    ("service", "method", "target", "body"),
    [
        ("lambda", "GET", "/2015-03-31/functions/", b""),
        ("lambda", "POST", "/2015-03-31/functions/name%3Alive/invocations", b"{}"),
        ("cloudformation", "POST", "/", b"Action=ListStacks&Version=2010-05-15"),
        ("s3", "GET", "/bucket?list-type=2&prefix=a%20b%2Fc&encoding-type=url", b""),
        ("s3", "PUT", "/bucket/a/%C3%BC%20b%2Bc~d//e.json", bytes(range(256))),
    ],
)
def test_a_signature_of_awss_own_signer_is_right(
    service: str, method: str, target: str, body: bytes
) -> None:
    assert verify(request(service, method, target, body)) == service


def test_the_signature_of_a_published_example_is_right() -> None:
    """Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html."""
    key = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    value = "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    headers = {
        "host": "examplebucket.s3.amazonaws.com",
        "range": "bytes=0-9",
        "x-amz-content-sha256": empty,
        "x-amz-date": "20130524T000000Z",
        "authorization": "AWS4-HMAC-SHA256 "
        f"Credential={key.key_id}/20130524/us-east-1/s3/aws4_request,"
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
        f"Signature={value}",
    }
    one = Request("GET", "/test.txt", "", headers)
    signature = signatures.claimed(one)
    assert signature.value == value
    signatures.check_claim(signature, key, datetime(2013, 5, 24, tzinfo=UTC))
    signatures.check(one, signature, key)
    with pytest.raises(NotSigned):
        signatures.check(replace(one, path="/test.tx"), signature, key)


@pytest.mark.parametrize(
    "change",
    [
        {"method": "PUT"},
        {"path": "/bucket/another"},
        {"query": "versions"},
        {"body": b"another"},
    ],
)
@pytest.mark.parametrize("service", ["s3", "lambda"])
def test_what_was_not_signed_is_refused(change: dict[str, str], service: str) -> None:
    one = request(service, "POST", "/bucket/key", b"body")
    with pytest.raises(NotSigned, match="not that of this request"):
        verify(replace(one, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "authorization",
    ["", "Basic QVdTOmFueQ==", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/b/c", "AWS a:b"],
)
def test_another_authorization_than_a_signature_is_refused(authorization: str) -> None:
    one = request("lambda", "GET", "/2015-03-31/functions/")
    with pytest.raises(NotSigned, match="not signed"):
        verify(replace(one, headers={**one.headers, "authorization": authorization}))


def test_a_signature_of_another_key_or_time_is_refused() -> None:
    one = request("lambda", "GET", "/2015-03-31/functions/")
    other = one.headers["authorization"].replace(OWN.key_id, "LOCALABCDEFGHIJKLMNP")
    with pytest.raises(NotSigned, match="token included in the request is invalid"):
        verify(replace(one, headers={**one.headers, "authorization": other}))
    for minutes in (-16, 16):
        with pytest.raises(NotSigned, match="expired"):
            verify(one, minutes)


def test_every_operation_of_the_list_is_one_of_awss() -> None:
    for service, names in operations.OPERATIONS.items():
        assert names <= set(operations._model(service).operation_names), service


def form(action: str) -> bytes:
    return f"Action={action}&Version=2010-05-15".encode()


@pytest.mark.parametrize(
    ("service", "one"),
    [
        ("s3", Request("GET", "/", "", {})),
        ("s3", Request("GET", "/bucket", "list-type=2&prefix=a", {})),
        ("s3", Request("GET", "/bucket", "versions", {})),
        ("s3", Request("PUT", "/bucket/key/of%20it", "", {})),
        ("s3", Request("DELETE", "/bucket/key", "versionId=1", {})),
        ("s3", Request("POST", "/bucket", "delete", {})),
        ("lambda", Request("GET", "/2015-03-31/functions/arn%3Aaws%3Aa", "Qualifier=live", {})),
        ("cloudformation", Request("POST", "/", "", {}, form("DescribeStacks"))),
        (
            "ecr",
            Request(
                "POST",
                "/",
                "",
                {"x-amz-target": "AmazonEC2ContainerRegistry_V20150921.ListImages"},
            ),
        ),
    ],
)
def test_operations_of_the_list_pass(service: str, one: Request) -> None:
    operations.check(service, one)


@pytest.mark.parametrize(
    ("name", "service", "one"),
    [
        ("CopyObject", "s3", Request("PUT", "/bucket/key", "", {"x-amz-copy-source": "a/b"})),
        ("UploadPart", "s3", Request("PUT", "/bucket/key", "partNumber=1&uploadId=2", {})),
        ("PutObjectTagging", "s3", Request("PUT", "/bucket/key", "tagging", {})),
        ("PutBucketPolicy", "s3", Request("PUT", "/bucket", "policy", {})),
        ("GET /bucket/key", "s3", Request("GET", "/bucket/key", "brand-new", {})),
        ("GET /_ministack/health", "s3", Request("GET", "/_ministack/health", "", {})),
        ("GetPolicy", "lambda", Request("GET", "/2015-03-31/functions/a/policy", "", {})),
        (
            "GET /2015-03-31/functions/a%2Fpolicy",
            "lambda",
            Request("GET", "/2015-03-31/functions/a%2Fpolicy", "", {}),
        ),
        (
            "GET /2015-03-31/functions/a%252Fpolicy",
            "lambda",
            Request("GET", "/2015-03-31/functions/a%252Fpolicy", "", {}),
        ),
        ("CreateStack", "cloudformation", Request("POST", "/", "", {}, form("CreateStack"))),
        (
            "ListStacks",
            "cloudformation",
            Request("POST", "/", "", {}, form("ListStacks") + b"&Action=CreateStack"),
        ),
        (
            "ListStacks",
            "cloudformation",
            Request("POST", "/", "Action=CreateStack", {}, form("ListStacks")),
        ),
        ("RunTask", "ecs", Request("POST", "/", "", {"x-amz-target": "Any.RunTask"})),
        ("RunTask", "lambda", Request("POST", "/", "", {"x-amz-target": "Any.RunTask"})),
        ("CreateUser", "iam", Request("POST", "/", "", {}, form("CreateUser"))),
    ],
)
def test_other_operations_are_refused_by_name(name: str, service: str, one: Request) -> None:
    with pytest.raises(NotPartOfIt) as refused:
        operations.check(service, one)
    assert f"The local AWS has no {service} {name};" in str(refused.value)
