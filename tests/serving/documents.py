"""OpenAPI documents as clients get them, and what holds for each."""

from collections.abc import Iterator
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.serving.recorded import reply_of, request
from tests.serving.schemas import is_valid, resolved

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def document_of(function: Any, name: str = "rest", path: str = "/predict") -> dict[str, Any]:
    """The document as a client gets it."""
    event = request(name, body=None, method="GET", path=f"{path}/openapi.json")
    reply = reply_of(function(event, None))
    assert reply.status == 200
    document: dict[str, Any] = reply.body
    return document


def references(value: Any) -> Iterator[str]:
    """Every `$ref` in a document."""
    if isinstance(value, dict):
        yield from [value["$ref"]] if "$ref" in value else []
    for child in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from references(child)


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation of a document."""
    for item in document["paths"].values():
        assert item.keys() <= METHODS
        yield from item.values()


def check_document(document: dict[str, Any]) -> None:
    """What OpenAPI asks of a document, and what generators of clients and readers ask of this."""
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    found = [*operations(document)]
    names = [operation["operationId"] for operation in found]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() for name in names)
    for operation in found:
        for media in media_of(operation):
            schema = resolved(media.get("schema", {}), document)
            for example in media.get("examples", {}).values():
                assert is_valid(example["value"], schema)
            if "example" in media:
                assert is_valid(media["example"], schema)


def media_of(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What the bodies of a request and of its answers are; JSON of objects has a named schema."""
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    for content_type, media in (one for body in bodies for one in body.get("content", {}).items()):
        assert content_type != "application/json" or media == {} or [*media["schema"]] == ["$ref"]
        yield media
