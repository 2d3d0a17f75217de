"""What is refused, in the words and the shape of AWS.

Refused
├── Elsewhere      the request was meant for another host, or comes from a web page
├── NotSigned      there is no signature, or it is not that of this local AWS
└── NotPartOfIt    AWS has this operation, the local AWS has not
"""

import json
from xml.sax.saxutils import escape

from local.guard.requests import Request

FORM = "application/x-www-form-urlencoded"


class Refused(Exception):
    """A request that is answered with an error; the message says why and what would be right."""

    status = 403
    code = "AccessDenied"


class Elsewhere(Refused):
    """The request was meant for another host, or a web page sent it."""


class NotSigned(Refused):
    """There is no signature, or it is not that of this local AWS."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f'{message} For the credentials of the local AWS: eval "$(local/aws env)"')
        self.code = code


class NotPartOfIt(Refused):
    """AWS has this operation, the local AWS has not."""

    # Status and code of S3's own; no client tries this status again.
    status = 501
    code = "NotImplemented"


def answer(refused: Refused, request: Request, service: str) -> tuple[str, bytes]:
    """The media type and the body of an error, in the service's protocol.

    Source: https://smithy.io/2.0/aws/protocols/index.html
    """
    code, message = refused.code, str(refused)
    is_query = request.headers.get("content-type", "").startswith(FORM)
    if service != "s3" and not is_query:
        content = {"__type": code, "message": message, "Message": message}
        return "application/x-amz-json-1.1", json.dumps(content).encode()
    error = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    if service == "s3":
        return "application/xml", f"<Error>{error}</Error>".encode()
    error = f"<Error><Type>Sender</Type>{error}</Error>"
    return "text/xml", f"<ErrorResponse>{error}</ErrorResponse>".encode()
