"""The OpenAPI 3.1 document of a model; imported when a caller asks for it, not before.

What a type cannot say, a handler's annotations can: `Meta(extra_json_schema={...})` of msgspec, on
a field or on the request itself, adds to the JSON Schema, as `{"oneOf": [...]}` of two fields.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from serving.contract import Contract
from serving.routes import Route

Value = dict[str, Any]
# In Python `$` would let a newline pass, in other languages not.
BASE64 = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?(?!\n)$"
ERRORS = {
    "400": "The request breaks the rules of its schema, or those that no schema can say",
    "413": "The body, a file in it, or the answer is larger than its limit",
    "415": "Another Content-Type or Content-Encoding than those that are taken",
    "422": "The request is well formed, but what it points to cannot be used",
    "500": "The model failed; its log has the reason",
}
ERROR = {
    "type": "object",
    "properties": {"message": {"type": "string"}},
    "required": ["message"],
}
HEALTH = {
    "type": "object",
    "properties": {
        "model": {"type": "string"},
        "release": {"type": "string"},
        "loaded": {"const": True},
    },
    "required": ["model", "release", "loaded"],
}
ADDED = {"responses": {"200": {"description": "The answer of what the app has added"}}}
DOCUMENT = {"type": "object", "required": ["openapi", "info", "paths"]}


def document(
    contract: Contract[Any, Any],
    routes: Mapping[str, Route],
    model: str,
    release: str,
    operation: Mapping[str, Any],
) -> Value:
    """Describe an API, with the types of the contract as JSON Schema 2020-12.

    Args:
        contract: of the handler.
        routes: by path: the model's, that of its health, of this document, and further ones.
        model: the model's name.
        release: the model's release.
        operation: what else there is to say of a prediction, as OpenAPI spells it.
    """
    types = [contract.request_type, contract.answer_type]
    names = "#/components/schemas/{name}"
    schemas, components = msgspec.json.schema_components(types, ref_template=names)
    request, answer = schemas
    predict: Value = _merged(_predict(request, answer, contract.readers), operation)
    made: Value = {
        "openapi": "3.1.0",
        "info": {"title": model, "version": release or "unreleased"},
        # Relative to this document: the function does not know its stage and domain.
        "servers": [{"url": "../" * (next(iter(routes)).rstrip("/").count("/")) or "."}],
        "paths": _paths(routes, predict),
        "components": {"schemas": components, "responses": {"Error": _json(ERROR, "An error")}},
    }
    described: Value = _with_base64(made)
    return described


def _paths(routes: Mapping[str, Route], predict: Value) -> Value:
    """Describe the paths: the model's own, which come first, then what its app has added."""
    answers: dict[str, Value] = dict(zip(routes, (HEALTH, HEALTH, DOCUMENT), strict=False))
    return {
        path: {
            **_operations(
                route.actions, answers.get(path, {}), predict if path in answers else ADDED
            ),
            **route.describe(),
        }
        for path, route in routes.items()
        if route.actions
    }


def _operations(methods: Iterable[str], answer: Value, predict: Value) -> Value:
    """Describe what a path does, by method."""
    get = {"responses": {"200": _json(answer, "What is there"), "default": _error()}}
    head = {"responses": {"200": {"description": "The same, without the body"}}}
    preflight = {"204": {"description": "The page may ask"}, "403": _error()}
    known = {
        "GET": {"get": get, "head": head},
        "POST": {"post": predict},
        "OPTIONS": {"options": {"responses": preflight}},
    }
    return {name: does for method in methods for name, does in known[method].items()}


def _predict(request: Value, answer: Value, readers: Iterable[str]) -> Value:
    bodies = {"application/json": {"schema": request}, **{reader: {} for reader in readers}}
    errors = {status: _error() | {"description": why} for status, why in ERRORS.items()}
    return {
        "requestBody": {"required": True, "content": bodies},
        "responses": {"200": _json(answer, "The model's answer"), **errors, "default": _error()},
    }


def _json(schema: Value, description: str) -> Value:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _error() -> Value:
    return {"$ref": "#/components/responses/Error"}


def _merged(one: Any, other: Any) -> Any:
    """Put a mapping over another, deep down."""
    if not isinstance(one, dict) or not isinstance(other, Mapping):
        return other
    shared = {name: _merged(one[name], value) for name, value in other.items() if name in one}
    return {**one, **other, **shared}


def _with_base64(value: Any) -> Any:
    """Add what msgspec leaves out: which strings are base64."""
    if isinstance(value, list):
        return [_with_base64(child) for child in value]
    if not isinstance(value, dict):
        return value
    found = {name: _with_base64(child) for name, child in value.items()}
    return {"pattern": BASE64, **found} if found.get("contentEncoding") == "base64" else found
