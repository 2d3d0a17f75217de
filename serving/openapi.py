"""The OpenAPI 3.1 document of a model; imported when a caller asks for it, not before.

What a type cannot say, a handler's annotations can: `Meta(extra_json_schema={...})` of msgspec, on
a field or on the request itself, adds to the JSON Schema: `{"oneOf": [...]}` of two fields, or the
unit of a number, `{"x-unit": "EUR"}`. A handler's docstring describes what the model predicts.
"""

import re
from collections.abc import Mapping
from inspect import cleandoc
from itertools import chain, count
from os import environ
from types import MappingProxyType
from typing import Any

from serving.contract import Contract
from serving.events import MAX_BODY_BYTES
from serving.golden import golden
from serving.responses import ANYWHERE, JSON, errors, responses
from serving.routes import Route
from serving.schemas import Named, Value, with_schemas

# What callers must show, by the variable API_AUTH: what OpenAPI calls a Security Scheme.
SECURITY_SCHEMES: Mapping[str, Value] = {
    "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
    "iam": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "A signature with AWS credentials, version 4",
        "x-amazon-apigateway-authtype": "awsSigv4",
    },
    "jwt": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
}
MAX_FILE_BYTES = MAX_BODY_BYTES * 3 // 4  # a file is base64 in Lambda's event
SIZES = (
    f"At most {MAX_BODY_BYTES:,} bytes of JSON or text, with the headers and with each quote in it"
    f" counted twice; of a file {MAX_FILE_BYTES:,} bytes. gzip and deflate are unpacked."
)
PREDICTION, ABOUT = "prediction", "about"
TAGS = [
    {"name": PREDICTION, "description": "What the model predicts"},
    {"name": ABOUT, "description": "What the model is, and whether it is there"},
]
HEALTH = {
    "title": "Health",
    "description": "The model that has been loaded.",
    "type": "object",
    "properties": {
        "model": {"type": "string"},
        "release": {"type": "string"},
        "loaded": {"const": True},
    },
    "required": ["model", "release", "loaded"],
}
CARD = {
    "title": "Card",
    "description": "What is known of the model, and what its author says of it.",
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "release": {"type": "string"},
        "description": {"type": "string"},
    },
    "required": ["name"],
}
PAGE = {"text/html": {"schema": {"type": "string"}}}  # to a browser
DOCUMENT = {
    "title": "Document",
    "description": "An OpenAPI document.",
    "type": "object",
    "required": ["openapi", "info", "paths"],
}
SECTION = re.compile(r"\n\s*(Args|Returns|Raises|Yields|Attributes|Source|Sources):.*", re.DOTALL)
ADDED = {
    "200": {"description": "The answer of what the app has added"},
    "default": {"description": "An error, as the callers of this path read it"},
}


def document(
    contract: Contract[Any, Any],
    routes: Mapping[str, Route],
    model: str,
    release: str,
    operation: Mapping[str, Any],
    about: str | None = None,
) -> Value:
    """Describe an API, with the types of the contract as JSON Schema 2020-12.

    Args:
        contract: of the handler.
        routes: by path: the model's first, then what lies below it, and further ones.
        model: the model's name.
        release: the model's release.
        operation: what else there is to say of a prediction, as OpenAPI spells it.
        about: the handler's docstring.
    """
    purpose = SECTION.sub("", cleandoc(about or "")).strip() or "Predicts."
    path = next(iter(routes))
    predict: Value = _merged(_predict(contract, purpose), operation)
    own = _own(path.rstrip("/"), path, predict, {"model": model, "release": release})
    parts = {"paths": _paths(routes, own), "responses": responses()}
    described, named = with_schemas(parts)
    info = {"title": model, "version": release or "unreleased", "description": purpose}
    auth = environ.get("API_AUTH", "")
    schemes = {auth: SECURITY_SCHEMES[auth]} if auth in SECURITY_SCHEMES else {}
    secured = {"securitySchemes": schemes} if schemes else {}
    return {
        "openapi": "3.1.0",
        "info": info,
        # Relative to this document: the function does not know its stage and domain.
        "servers": [{"url": "../" * (path.rstrip("/").count("/")) or "."}],
        "security": [{name: []} for name in schemes],
        "tags": TAGS,
        "paths": described["paths"],
        "components": {"schemas": named, "responses": described["responses"], **secured},
    }


def _own(below: str, path: str, predict: Value, known: Value) -> dict[str, Value]:
    """Describe the model's own paths, by method; those that there are not are left out."""
    health = HEALTH, {**known, "loaded": True}
    return {
        path: {
            "get": _get("show", "The model's name and release", *health, page=PAGE),
            "post": predict,
        },
        f"{below}/health": {"get": _get("health", "Whether the model is loaded", *health)},
        f"{below}/openapi.json": {"get": _get("openapi", "This document", DOCUMENT)},
        f"{below}/model": {"get": _get("model", "What is known of the model", CARD, page=PAGE)},
    }


def _get(
    name: str,
    summary: str,
    schema: Value,
    example: Value | None = None,
    page: Mapping[str, Value] = MappingProxyType({}),
) -> Value:
    shown = {"example": example} if example else {}
    answer = {"description": summary, "content": {JSON: {"schema": schema, **shown}, **page}}
    known = {"operationId": name, "tags": [ABOUT], "summary": summary}
    return {**known, "responses": {"200": answer, **errors(ANYWHERE)}}


def _predict(contract: Contract[Any, Any], purpose: str) -> Value:
    request: Value = {"schema": Named("Request", contract.request_type)}
    answer: Value = {"schema": Named("Answer", contract.answer_type)}
    if known := golden():
        request["examples"] = {"golden": {"summary": "The golden request", "value": known.request}}
        answer["examples"] = {"golden": {"summary": "Its answer", "value": known.answer}}
    bodies = {JSON: {**request, "x-max-bytes": MAX_BODY_BYTES}}
    return {
        "operationId": "predict",
        "tags": [PREDICTION],
        "summary": purpose.partition("\n")[0].rstrip("."),
        "description": purpose,
        "requestBody": {
            "description": SIZES,
            "required": True,
            "content": {**bodies, **{reader: _file(reader) for reader in contract.readers}},
        },
        "responses": {
            "200": {"description": "The model's answer", "content": {JSON: answer}},
            **errors(),
        },
    }


def _file(content_type: str) -> Value:
    """Describe a body that is no JSON; `format` is for tools that know OpenAPI 3.0 only."""
    schema = {"type": "string", "format": "binary", "contentMediaType": content_type}
    return {"schema": schema, "x-max-bytes": MAX_FILE_BYTES}


def _paths(routes: Mapping[str, Route], own: Mapping[str, Value]) -> Value:
    """Describe the paths: the model's own, which come first, then what its app has added.

    HTTP has HEAD wherever GET is, and browsers ask by OPTIONS: neither is told.
    """
    found: Value = {}
    for path, route in routes.items():
        told = own.get(path) or route.describe()
        methods = [name.lower() for name in route.actions if name != "OPTIONS"]
        if methods:
            found[path] = {method: _operation(told.get(method)) for method in methods}
    _identify(found)
    return found


def _operation(told: Value | None) -> Value:
    """Complete what is told of an operation; one of which nothing is told may do anything."""
    told = told or {"responses": ADDED}
    known = told.get("responses", {})
    further = {status: error for status, error in errors(ANYWHERE).items() if status not in known}
    return {**told, "responses": {**known, **further}}


def _identify(paths: Value) -> None:
    """Give each operation a name of its own, which generated clients call it by."""
    operations = [
        (f"{method}{_words(path)}", operation)
        for path, item in paths.items()
        for method, operation in item.items()
    ]
    taken = {operation.get("operationId") for _, operation in operations}
    for name, operation in operations:
        if "operationId" not in operation:
            names = chain([name], (f"{name}{number}" for number in count(2)))
            operation["operationId"] = next(x for x in names if x not in taken)
            taken.add(operation["operationId"])


def _words(path: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", path))


def _merged(one: Any, other: Any) -> Any:
    """Put a mapping over another, deep down, but for schemas, which are wholes."""
    if not isinstance(one, dict) or not isinstance(other, Mapping):
        return other
    shared = other.keys() & one.keys() - {"schema"}
    return {**one, **other, **{name: _merged(one[name], other[name]) for name in shared}}
