"""Who a deployed function is to S3, and what its role lets it do there.

A function signs with a key of its own, which follows from the local AWS's secret and its name; the
name is its session token. Only statements that allow are in the template's roles.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote

from local.credentials import Credentials
from local.guard.refusals import Refused
from local.guard.requests import Request

TOKEN = "x-amz-security-token"
# The policies of a function's role, as JSON, by the function's name.
Policies = Callable[[str], Iterable[str]]
# S3's operations that another permission is for.
PERMISSIONS = {"HeadObject": "GetObject", "ListObjectsV2": "ListBucket"}


def key_of(name: str, own: Credentials) -> Credentials:
    """The key of a function, by its name."""
    digest = hmac.new(own.secret.encode(), f"function {name}".encode(), hashlib.sha256).hexdigest()
    return Credentials(f"ASIA{digest[:16].upper()}", digest[16:], "")


def check(request: Request, operations: Iterable[str], policies: Iterable[str]) -> None:
    """Let a function's request pass where its role allows it.

    Args:
        request: to S3.
        operations: of S3, which it may be for.
        policies: of the role.

    Raises:
        Refused: the role does not allow it.
    """
    allowed = [statement for one in policies for statement in json.loads(one)["Statement"]]
    resource = f"arn:aws:s3:::{unquote(request.path).lstrip('/')}"
    for operation in operations:
        action = f"s3:{PERMISSIONS.get(operation, operation)}"
        if not any(_allows(statement, action, resource) for statement in allowed):
            raise Refused(f"The function's role does not allow {action} on {resource}.")


def _allows(statement: dict[str, Any], action: str, resource: str) -> bool:
    return statement["Effect"] == "Allow" and all(
        any(fnmatchcase(value, pattern) for pattern in _list(statement[key]))
        for key, value in (("Action", action), ("Resource", resource))
    )


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
