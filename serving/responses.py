"""What an API answers beside predictions, as OpenAPI spells it: its errors, with an example each.

Those that never reach the function are API Gateway's own: template.yaml has the same sentences.
"""

from collections.abc import Iterable
from typing import Any, NamedTuple

Value = dict[str, Any]
JSON = "application/json"
ERROR = {
    "title": "Error",
    "description": "Why there is no answer, and what would be right.",
    "type": "object",
    "properties": {"message": {"type": "string"}},
    "required": ["message"],
}


class Kind(NamedTuple):
    """A kind of error: its status, what it means, and a message as callers read it."""

    status: int
    description: str
    example: str


KINDS = {
    "BadRequest": Kind(
        400,
        "The request breaks the rules of its schema, or those that no schema can say",
        "rooms: expected float, got str",
    ),
    "Forbidden": Kind(
        403,
        "Refused before it reached the model: by a firewall, or for want of credentials",
        "Access is denied: send the credentials that this API asks for, or ask its operator",
    ),
    "TooLarge": Kind(
        413,
        "The body, a file in it, or the answer is larger than its limit",
        "The request is too large: Lambda carries 6 MB, of a file 4.5 MB. Send less at once",
    ),
    "UnsupportedMediaType": Kind(
        415,
        "Another Content-Type or Content-Encoding than those that are taken",
        "Content-Type text/plain is not supported, use application/json",
    ),
    "Unprocessable": Kind(
        422,
        "The request is well formed, but what it points to cannot be used",
        "the URL cannot be fetched: another status than 200",
    ),
    "TooManyRequests": Kind(
        429,
        "More requests at once than the API lets through",
        "Too many requests at once: wait a second, then send it again",
    ),
    "Failed": Kind(
        500,
        "The model failed: its log has the reason. Or there was no room for another request",
        "Internal server error",
    ),
    "Died": Kind(
        502,
        "The process that runs the model ended",
        "The model failed, or had no room for the request: send it again; its log has the reason",
    ),
    "Unavailable": Kind(
        503,
        "Nothing runs the model now",
        "Service Unavailable",
    ),
    "TooSlow": Kind(
        504,
        "The model took longer than its time, or could not be reached",
        "No answer within 29 seconds, the most that this API waits: send less in one request",
    ),
}
# Of any path, since they are told before the function is asked, or in its place.
ANYWHERE = ("Forbidden", "TooManyRequests", "Failed", "Died", "Unavailable", "TooSlow")


def errors(names: Iterable[str] = KINDS) -> Value:
    """Refer to kinds of errors, by status."""
    return {str(KINDS[name].status): {"$ref": f"#/components/responses/{name}"} for name in names}


def responses() -> Value:
    """Describe every kind of error, by name."""
    return {
        name: {
            "description": kind.description,
            "content": {JSON: {"schema": ERROR, "example": {"message": kind.example}}},
        }
        for name, kind in KINDS.items()
    }
