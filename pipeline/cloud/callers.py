"""Who may call a deployed API: what this user sends with a request, and what others type."""

from __future__ import annotations

import datetime
import os
from typing import Any

from pipeline.cloud.api import Authorize, everyone
from pipeline.cloud.aws import ask, region
from pipeline.cloud.signing import Credentials, Scope, signed
from pipeline.cloud.stacks import Stack
from pipeline.errors import PipelineError

TOKEN = "API_TOKEN"
SERVICES = {"url": "lambda"}  # by the door; of the others it is
API = "execute-api"


def authorize(stack: Stack) -> Authorize:
    """Tell how this user calls the API of a stack.

    Raises:
        PipelineError: it wants a token, and none is exported, or AWS gives no key.
    """
    auth = stack.outputs.get("Auth", "none")
    if auth == "key":
        key = api_key(stack)
        return lambda url, body: {"x-api-key": key}
    if auth == "jwt":
        token = _token()
        return lambda url, body: {"authorization": f"Bearer {token}"}
    if auth == "iam":
        return _signing(stack)
    return everyone


def api_key(stack: Stack) -> str:
    """Read the API key of a stack.

    Raises:
        PipelineError: it has none, or AWS does not give it.
    """
    if not stack.outputs.get("KeyId"):
        raise PipelineError(
            f"the stack {stack.name} has no API key: it is deployed with"
            f" AUTH={stack.outputs.get('Auth', 'none')}. Deploy it with AUTH=key"
        )
    words = ("apigateway", "get-api-key", "--api-key", stack.outputs["KeyId"], "--include-value")
    return str(ask(*words)["value"])


def _token() -> str:
    token = os.environ.get(TOKEN, "")
    if not token:
        raise PipelineError(
            f"the API wants a token of its issuer, which is yours to get: export {TOKEN}=…"
        )
    return token


def _signing(stack: Stack) -> Authorize:
    credentials = _credentials()
    scope = Scope(region(), SERVICES.get(stack.outputs.get("Door", "rest"), API))

    def sign(url: str, body: bytes) -> dict[str, str]:
        now = datetime.datetime.now(datetime.timezone.utc)
        return signed(url, body, credentials, scope, now)

    return sign


def _credentials() -> Credentials:
    """Find the credentials as the AWS CLI does: those that are exported, or its profile's."""
    if os.environ.get("AWS_ACCESS_KEY_ID") and os.environ.get("AWS_SECRET_ACCESS_KEY"):
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        return Credentials(*(os.environ.get(name, "") for name in names))
    found: dict[str, Any] = ask("configure", "export-credentials", "--format", "process")
    return Credentials(
        found["AccessKeyId"], found["SecretAccessKey"], found.get("SessionToken") or ""
    )


def curl_options(stack: Stack, key_command: str) -> str:
    """Give the options of curl by which a person calls the API; a secret is never among them.

    Args:
        stack: of the API.
        key_command: prints the API key.
    """
    auth = stack.outputs.get("Auth", "none")
    if auth == "iam":
        return _signing_options(SERVICES.get(stack.outputs.get("Door", "rest"), API))
    headers = {"key": f"x-api-key: $({key_command})", "jwt": f"Authorization: Bearer ${TOKEN}"}
    return f' -H "{headers[auth]}"' if auth in headers else ""


def _signing_options(service: str) -> str:
    user = '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"'
    token = '-H "x-amz-security-token: ${AWS_SESSION_TOKEN:-}"'
    return f' --aws-sigv4 "aws:amz:{region()}:{service}" {user} {token}'
