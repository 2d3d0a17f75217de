"""Signatures, version 4: who signed a request, and whether it is what was signed.

They are computed once more, with botocore's own signer. Presigned URLs have theirs in the query:
these are refused, since nothing here needs them.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as Key

from local.credentials import Credentials
from local.guard.refusals import NotSigned
from local.guard.requests import Request

ALGORITHM = "AWS4-HMAC-SHA256"
DATE_FORMAT = "%Y%m%dT%H%M%SZ"
LIFE_SECONDS = 15 * 60
BODY_HASH = "x-amz-content-sha256"


@dataclass(frozen=True)
class Signature:
    """What a request says of its signature; `headers` are those that it covers."""

    key_id: str
    region: str
    service: str
    headers: tuple[str, ...]
    value: str
    date: str


def claimed(request: Request) -> Signature:
    """Read a request's signature.

    Raises:
        NotSigned: it has none.
    """
    algorithm, _, rest = request.headers.get("authorization", "").partition(" ")
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    try:
        key_id, _, region, service, _ = fields["Credential"].split("/")
        names, value = tuple(fields["SignedHeaders"].split(";")), fields["Signature"]
    except (KeyError, ValueError):
        algorithm = ""
    if algorithm != ALGORITHM:
        raise NotSigned("MissingAuthenticationToken", "The request is not signed.")
    date = request.headers.get("x-amz-date", "")
    return Signature(key_id, region, service, names, value, date)


def check_claim(signature: Signature, credentials: Credentials, now: datetime) -> None:
    """Check all that needs no body: whose key it is, and when it was used.

    Raises:
        NotSigned: it is another one's, or too old.
    """
    if not hmac.compare_digest(signature.key_id.encode(), credentials.key_id.encode()):
        message = "The security token included in the request is invalid."
        raise NotSigned("InvalidClientTokenId", message)
    try:
        signed_at = datetime.strptime(signature.date, DATE_FORMAT).replace(tzinfo=UTC)
    except ValueError as error:
        raise NotSigned("IncompleteSignature", "X-Amz-Date is not a date.") from error
    age_seconds = (now - signed_at).total_seconds()
    if abs(age_seconds) > LIFE_SECONDS:
        message = f"Signature expired: it is of {signature.date}, now it is {now:{DATE_FORMAT}}."
        raise NotSigned("RequestExpired", message)


def check(request: Request, signature: Signature, credentials: Credentials) -> None:
    """Check that this very request was signed with the secret.

    Raises:
        NotSigned: something in it is not what was signed.
    """
    right = _computed(request, signature, credentials)
    told = request.headers.get(BODY_HASH, "") if BODY_HASH in signature.headers else ""
    # Else it is a word such as UNSIGNED-PAYLOAD, which says that the body is not signed.
    is_hash = len(told) == 64
    is_other_body = is_hash and told != hashlib.sha256(request.body).hexdigest()
    if is_other_body or not hmac.compare_digest(right.encode(), signature.value.encode()):
        message = "The signature is not that of this request and this secret."
        raise NotSigned("SignatureDoesNotMatch", message)


def _computed(request: Request, signature: Signature, credentials: Credentials) -> str:
    """Compute the signature that a request must have."""
    key = (Key(credentials.key_id, credentials.secret), signature.service, signature.region)
    signer = (S3SigV4Auth if signature.service == "s3" else SigV4Auth)(*key)
    again = AWSRequest(
        method=request.method,
        url=f"http://{request.headers['host']}{request.path}?{request.query}",
        headers={name: request.headers.get(name, "") for name in signature.headers},
        data=request.body,
    )
    again.context["timestamp"] = signature.date
    text = signer.string_to_sign(again, signer.canonical_request(again))
    return str(signer.signature(text, again))
