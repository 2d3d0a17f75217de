"""The OpenAPI document in the words of its readers: names, examples, limits, errors."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec
import pytest
from msgspec import Meta

from serving import api
from tests.serving.documents import check_document, document_of
from tests.serving.schemas import is_valid, resolved
from tests.serving.toy_model import Answer, Request, scale

Numbers = dict[str, float]
GOLDEN = {"request": {"input_X": [1, 2, 3]}, "answer": {"scaled": [1, 2, 3]}, "tolerance": 1}


def reference_of(body: dict[str, Any]) -> str:
    """What the JSON of a body refers to."""
    (reference,) = body["content"]["application/json"]["schema"].values()
    assert isinstance(reference, str)
    return reference


def test_a_docstring_says_what_a_prediction_is() -> None:
    @api
    def handler(request: Request) -> Answer:
        """Scales numbers.

        Each by the same factor.

        Raises:
            BadRequest: never.
        """
        return scale(request)

    document = document_of(handler)
    predict = document["paths"]["/predict"]["post"]
    assert predict["summary"] == "Scales numbers"
    assert predict["description"] == "Scales numbers.\n\nEach by the same factor."
    assert document["info"]["description"] == predict["description"]
    handler.__wrapped__.__doc__ = None
    assert document_of(handler)["paths"]["/predict"]["post"]["summary"] == "Predicts"


def test_nobody_needs_to_show_anything() -> None:
    document = document_of(api(scale))
    assert document["security"] == [] and "securitySchemes" not in document["components"]


def test_a_type_without_a_name_gets_one_and_a_name_that_is_taken_a_number() -> None:
    class Inner(msgspec.Struct):
        """Has the name of an answer."""

        value: int

    Inner.__name__ = "Answer"

    @api
    def handler(request: Annotated[Inner, Meta(extra_json_schema={"maxProperties": 9})]) -> Numbers:
        return {}

    document = document_of(handler)
    check_document(document)
    schemas = document["components"]["schemas"]
    assert schemas["Answer"]["maxProperties"] == 9
    assert schemas["Answer2"] == {"type": "object", "additionalProperties": {"type": "number"}}
    post = document["paths"]["/predict"]["post"]
    assert reference_of(post["requestBody"]) == "#/components/schemas/Answer"
    assert reference_of(post["responses"]["200"]) == "#/components/schemas/Answer2"


def test_choices_with_a_title_are_one_schema_wherever_they_stand() -> None:
    choice = Annotated[str, Meta(title="the city", extra_json_schema={"enum": ["Oslo", "Rome"]})]

    class Row(msgspec.Struct):
        city: choice

    @api
    def handler(request: Row | tuple[choice]) -> int:
        return 1

    schemas = document_of(handler)["components"]["schemas"]
    assert schemas["TheCity"]["enum"] == ["Oslo", "Rome"]
    city = {"$ref": "#/components/schemas/TheCity"}
    assert schemas["Row"]["properties"]["city"] == city
    assert schemas["Request"]["anyOf"][0]["prefixItems"] == [city]


def test_the_golden_request_and_its_answer_are_its_examples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    (tmp_path / "example.json").write_text(json.dumps(GOLDEN))
    document = document_of(api(scale))
    check_document(document)
    post = document["paths"]["/predict"]["post"]
    for said, name in ((post["requestBody"], "request"), (post["responses"]["200"], "answer")):
        assert said["content"]["application/json"]["examples"]["golden"]["value"] == GOLDEN[name]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"request": 1}', json.dumps(GOLDEN) + " " * 20_000, None]
)
def test_a_golden_request_that_is_not_there_or_large_is_left_out(
    text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    if text is not None:
        (tmp_path / "example.json").write_text(text)
    assert "golden" not in str(document_of(api(scale))["paths"])


def test_it_says_how_large_a_body_may_be_and_what_else_is_taken() -> None:
    def read(body: bytes, content_type: str, query: Mapping[str, str]) -> Request:
        return Request([0.0, 0.0, 0.0])

    @api(readers={"image/jpeg": read})
    def handler(request: Request) -> Answer:
        return scale(request)

    body = document_of(handler)["paths"]["/predict"]["post"]["requestBody"]
    sizes = {name: content["x-max-bytes"] for name, content in body["content"].items()}
    assert sizes == {"application/json": 6 * 2**20, "image/jpeg": 6 * 2**20 * 3 // 4}
    assert "6,291,456 bytes" in body["description"] and "4,718,592" in body["description"]
    photograph = {"type": "string", "format": "binary", "contentMediaType": "image/jpeg"}
    assert body["content"]["image/jpeg"]["schema"] == photograph


def test_every_error_has_a_message_for_an_example() -> None:
    document = document_of(api(scale))
    responses = document["paths"]["/predict"]["post"]["responses"]
    assert [*responses] == ["200", *"400 403 413 415 422 429 500 502 503 504".split()]
    for status, response in responses.items():
        if status != "200":
            content = resolved(response, document)["content"]["application/json"]
            assert is_valid(content["example"], content["schema"])
            assert content["example"].keys() == {"message"}
