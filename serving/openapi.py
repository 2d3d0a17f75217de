"""The OpenAPI 3.1 document of a model; imported when a caller asks for it, not before."""

from typing import Any

import msgspec

from serving.contract import Contract


def document(contract: Contract[Any, Any], path: str, model: str, release: str) -> dict[str, Any]:
    """Describe the API at `path`, with the types of the contract as JSON Schema 2020-12."""
    types = [contract.request_type, contract.answer_type]
    names = "#/components/schemas/{name}"
    schemas, components = msgspec.json.schema_components(types, ref_template=names)
    request, answer = ({"application/json": {"schema": schema}} for schema in schemas)
    bodies = request | {content_type: {} for content_type in contract.readers}
    predict = {
        "requestBody": {"required": True, "content": bodies},
        "responses": {
            "200": {"description": "The model's answer", "content": answer},
            "default": {"description": 'What is wrong: {"message": "..."}'},
        },
    }
    health = {"responses": {"200": {"description": "The model is loaded"}}}
    below = path.rstrip("/")
    return {
        "openapi": "3.1.0",
        "info": {"title": model, "version": release or "unreleased"},
        # Relative to this document: the function does not know its stage and domain.
        "servers": [{"url": "../" * below.count("/") or "."}],
        "paths": {path: {"post": predict}, f"{below}/health": {"get": health}},
        "components": {"schemas": components},
    }
