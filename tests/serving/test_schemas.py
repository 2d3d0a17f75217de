"""What the OpenAPI document says of a request is what the server takes, and the other way round."""

import json
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import UNSET, Meta, UnsetType

from serving import api
from serving.application import Application
from tests.serving.documents import document_of
from tests.serving.recorded import reply_of, request
from tests.serving.schemas import changed, is_valid, resolved, valid
from tests.serving.toy_model import scale

Feature = Annotated[float, Meta(ge=-1e30, le=1e30)]
Row = Annotated[list[Feature], Meta(min_length=2, max_length=2)]
ROW_OR_ROWS = {
    "oneOf": [
        {"items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        {"items": {"type": "array"}},
    ]
}


class Tensor(msgspec.Struct, forbid_unknown_fields=True):
    """Bytes and what they are."""

    base64: bytes
    shape: Annotated[list[Annotated[int, Meta(ge=1)]], Meta(max_length=3)]


class Either(msgspec.Struct, forbid_unknown_fields=True):
    """One of three inputs, and a count."""

    url: Annotated[str, Meta(max_length=20)] | UnsetType = UNSET
    image: bytes | UnsetType = UNSET
    urls: Annotated[list[str], Meta(min_length=1, max_length=3)] | UnsetType = UNSET
    count: Annotated[int, Meta(ge=1, le=9)] = 5


class Rows(msgspec.Struct, forbid_unknown_fields=True):
    """A row of two numbers, or several."""

    input_X: Annotated[
        list[Feature | Row], Meta(min_length=1, max_length=4, extra_json_schema=ROW_OR_ROWS)
    ]


class Tensors(msgspec.Struct):
    """Tensors as lists or bytes; other fields are left unread."""

    first: Tensor | list[list[float]]
    second: float | bool | str | None = None
    names: dict[str, int] | None = None


ONE = {"oneOf": [{"required": [name]} for name in ("url", "image", "urls")]}
OneOfThree = Annotated[Either, Meta(extra_json_schema=ONE)]


@api
def either(request: OneOfThree) -> int:
    given = [request.url, request.image, request.urls]
    if sum(value is not UNSET for value in given) != 1:
        raise msgspec.ValidationError
    return 1


@api
def rows(request: Rows) -> int:
    kinds = set(map(type, request.input_X))
    if len(kinds) > 1 or (kinds == {float} and len(request.input_X) != 2):
        raise msgspec.ValidationError
    return 1


@api
def tensors(request: Tensors) -> int:
    return 1


MODELS: dict[str, Application[Any, Any]] = {
    "toy": api(scale),
    "either": either,
    "rows": rows,
    "tensors": tensors,
}
SCHEMAS: dict[str, Any] = {}
for name, model in MODELS.items():
    document = document_of(model)
    body = document["paths"]["/predict"]["post"]["requestBody"]["content"]["application/json"]
    SCHEMAS[name] = resolved(body["schema"], document)


def taken(name: str, value: Any) -> bool:
    """Whether the server takes a request: a 500 is the model's own refusal, behind the types."""
    reply = reply_of(MODELS[name](request("http", json.dumps(value)), None))
    assert reply.status in (200, 400, 500), reply
    return reply.status == 200


@pytest.mark.parametrize("name", MODELS)
@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much])
def test_what_the_document_allows_is_taken(name: str, data: Any) -> None:
    value = data.draw(valid(SCHEMAS[name]))
    assert is_valid(value, SCHEMAS[name])
    assert taken(name, value)


@pytest.mark.parametrize("name", MODELS)
@given(data=st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.filter_too_much])
def test_what_is_taken_is_what_the_document_allows(name: str, data: Any) -> None:
    value = data.draw(changed(SCHEMAS[name]))
    assert taken(name, value) is is_valid(value, SCHEMAS[name]), value


@given(text=st.text("AQgw/+=-_ \n", max_size=9))
def test_the_pattern_of_base64_is_what_is_decoded(text: str) -> None:
    value = {"image": text}
    assert taken("either", value) is is_valid(value, SCHEMAS["either"])
