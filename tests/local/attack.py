"""What an attacker sends: requests as a web page or another user's program makes them."""

import http.client
import io
import json
import zipfile
from base64 import b64encode

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.local.instance import Instance

Answer = tuple[int, bytes]
FUNCTIONS = "/2015-03-31/functions"
CODE = "def handler(event, context):\n    return open('/etc/shadow').read()\n"


def zip_function(name: str) -> bytes:
    """The body of Lambda's CreateFunction for a function that is no image but a zip file."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        archive.writestr("index.py", CODE)
    code = {"ZipFile": b64encode(memory.getvalue()).decode()}
    role = "arn:aws:iam::000000000000:role/any"
    named = {"FunctionName": name, "Runtime": "python3.12", "Handler": "index.handler"}
    return json.dumps({**named, "Role": role, "Code": code}).encode()


def functions(instance: Instance) -> list[str]:
    """The names of all functions that there are."""
    return [one["FunctionName"] for one in instance.aws("lambda", "list-functions")["Functions"]]


def send(
    port: int, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> Answer:
    """Send a request with these headers and no other but Host and Content-Length."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.putrequest(
            method, path, skip_host="Host" in (headers or {}), skip_accept_encoding=True
        )
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def signed(
    key: dict[str, str], service: str, method: str, url: str, body: bytes, **headers: str
) -> dict[str, str]:
    """The headers of a signed request, as every client of AWS's makes them.

    Args:
        key: environment variables with the credentials.
        headers: further headers, an underscore for each hyphen.
    """
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = AWSRequest(method=method, url=url, data=body, headers=named)
    credentials = Credentials(key["AWS_ACCESS_KEY_ID"], key["AWS_SECRET_ACCESS_KEY"])
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    signer(credentials, service, "us-east-1").add_auth(request)
    return {str(name): str(value) for name, value in request.headers.items()}
