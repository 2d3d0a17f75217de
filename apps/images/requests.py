"""Requests for what is on photographs: JSON with a URL or base64, a form, or the file itself."""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import UNSET, Meta, UnsetType

from serving import BadRequest

MAX_URLS = 16
MAX_URL_LENGTH = 8192
PHOTOGRAPHS = ("image/jpeg", "image/png", "image/webp", "image/gif")
DEFAULT_PREDICTIONS = 5
COUNT = re.compile("[0-9]{1,9}")
PLACES = ("input_url", "input_image", "input_urls")

Url = Annotated[str, Meta(max_length=MAX_URL_LENGTH)]
Urls = Annotated[list[Url], Meta(min_length=1, max_length=MAX_URLS)]
FIELDS = [
    ("input_url", Url | UnsetType, UNSET),
    ("input_image", bytes | UnsetType, UNSET),
    ("input_urls", Urls | UnsetType, UNSET),
]
FILE = {"type": "string", "format": "binary"}
DOC = "One of input_url, input_image (base64) and input_urls"


class Requests(NamedTuple):
    """What a model of photographs takes.

    Attributes:
        type: of a request in JSON.
        readers: of the other content types.
        operation: what OpenAPI is told beside the types.
        count: how many labels a request asks for, 0 where there are none.
    """

    type: Any
    readers: dict[str, Callable[[bytes, str, Mapping[str, str]], Any]]
    operation: dict[str, Any]
    count: Callable[[Any], int]


def requests(labels: int) -> Requests:
    """Make what a model of so many labels takes; of 0 labels there is no `n_predictions`."""
    schema = _count_schema(labels)
    fields: list[Any] = list(FIELDS)
    doc = f"{DOC}."
    if labels:
        bounds = {"minimum": 1, "maximum": labels}
        count_type = Annotated[int, Meta(extra_json_schema=bounds)]
        fields.append(("n_predictions", count_type, schema["default"]))
        doc = f"{DOC}; how many labels are answered."
    type_ = msgspec.defstruct(
        "Request", fields, forbid_unknown_fields=True, namespace={"__doc__": doc}
    )
    reading = _Reading(type_, labels)
    readers = dict.fromkeys([*PHOTOGRAPHS, "application/octet-stream"], reading.body)
    one_of = {"oneOf": [{"required": [name]} for name in PLACES]}
    return Requests(
        Annotated[type_, Meta(extra_json_schema=one_of)],
        {**readers, "multipart/form-data": reading.form},
        _operation(schema) if labels else _operation({}),
        reading.count if labels else lambda request: 0,
    )


class _Reading:
    """Makes requests of bodies that are not JSON."""

    def __init__(self, type_: Any, labels: int) -> None:
        self._type, self._labels = type_, labels

    def body(self, body: bytes, content_type: str, query: Mapping[str, str]) -> Any:
        """The request of a photograph that is the body; what it is shows in its first bytes."""
        if not self._labels:
            return self._type(input_image=body)
        asked = query.get("n_predictions")
        count = min(DEFAULT_PREDICTIONS, self._labels) if asked is None else self._checked(asked)
        return self._type(input_image=body, n_predictions=count)

    def form(self, body: bytes, content_type: str, query: Mapping[str, str]) -> Any:
        """The request of a form with the fields `image` and, if it likes, `n_predictions`."""
        from serving.forms import fields

        form = fields(body, content_type)
        count = b""
        if self._labels:
            count = form.pop("n_predictions", b"")
        if list(form) != ["image"]:
            other = ", and may have n_predictions" if self._labels else " and no other"
            raise BadRequest(f"the form must have the field image{other}")
        if count:
            self._checked(query.get("n_predictions", 1))  # though the form's is the one that counts
            query = {"n_predictions": count.decode("utf-8", "replace")}
        return self.body(form["image"], content_type, query)

    def count(self, request: Any) -> int:
        """How many labels are asked for."""
        return self._checked(request.n_predictions)

    def _checked(self, given: int | str) -> int:
        if not COUNT.fullmatch(str(given)) or not 1 <= int(given) <= self._labels:
            raise BadRequest(f"n_predictions must be 1 to {self._labels}, got {given}")
        return int(given)


def _count_schema(labels: int) -> dict[str, Any]:
    default = min(DEFAULT_PREDICTIONS, labels)
    return {"type": "integer", "minimum": 1, "maximum": labels, "default": default}


def _operation(count: dict[str, Any]) -> dict[str, Any]:
    """Say what JSON Schema cannot: the form, and the parameter of the URL."""
    form: dict[str, Any] = {
        "title": "Form",
        "description": "A photograph as a page's form sends it.",
        "type": "object",
        "properties": {"image": FILE, "n_predictions": count} if count else {"image": FILE},
        "required": ["image"],
        "additionalProperties": False,
    }
    query = [{"name": "n_predictions", "in": "query", "schema": count}] if count else []
    content = {"multipart/form-data": {"schema": form}}
    return {"parameters": query, "requestBody": {"content": content}}
