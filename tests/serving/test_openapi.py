"""The OpenAPI document describes the routes that there are, with the types of the handler."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

import pytest

from serving import api
from tests.serving.documents import check_document, document_of, references
from tests.serving.recorded import HTTP_EVENTS, reply_of, request
from tests.serving.schemas import is_valid, resolved
from tests.serving.toy_model import Answer, Request, scale


@pytest.mark.parametrize("name", HTTP_EVENTS)
def test_the_document_is_the_same_in_every_shape(name: str) -> None:
    assert document_of(api(scale), name) == document_of(api(scale))


def test_it_has_what_openapi_3_1_requires(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_NAME", "toy")
    monkeypatch.setenv("MODEL_RELEASE", "20250829-1a2b")
    document = document_of(api(scale))
    check_document(document)
    assert document["openapi"] == "3.1.0"
    said = {"title": "toy", "version": "20250829-1a2b", "description": "The handler."}
    assert document["info"] == said
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    assert len(operations) == 5
    for operation in operations:
        assert "200" in operation["responses"]
        for response in operation["responses"].values():
            assert response.get("description") or resolved(response, document)["description"]


def test_its_operations_have_the_names_that_clients_call_them_by() -> None:
    paths = document_of(api(scale))["paths"]
    names = [operation["operationId"] for item in paths.values() for operation in item.values()]
    assert names == ["show", "predict", "health", "openapi", "model"]
    assert [operation["tags"] for operation in paths["/predict"].values()] == [
        ["about"],
        ["prediction"],
    ]


@pytest.mark.parametrize("origins", ["", "https://app.example.com"])
def test_what_it_says_can_be_done_and_nothing_else(
    origins: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORS_ORIGINS", origins)
    function = api(scale)
    paths = document_of(function)["paths"]
    below = ("health", "openapi.json", "model")
    assert list(paths) == ["/predict", *(f"/predict/{name}" for name in below)]
    for path, item in paths.items():
        for method in ("get", "post", "put", "patch", "delete"):
            event = request("http", method=method.upper(), path=path)
            status = reply_of(function(event, None)).status
            assert str(status) in item[method]["responses"] if method in item else status == 405
        # What HTTP and browsers have beside it.
        head, options = (request("http", method=name, path=path) for name in ("HEAD", "OPTIONS"))
        assert reply_of(function(head, None)).status == 200
        assert reply_of(function(options, None)).status == (204 if origins else 405)


def test_answers_and_errors_are_as_it_says() -> None:
    function = api(scale)
    document = document_of(function)
    events = {
        ("get", "/predict", "200"): request("http", method="GET"),
        ("get", "/predict/health", "200"): request("http", method="GET", path="/predict/health"),
        ("get", "/predict/openapi.json", "200"): request(
            "http", method="GET", path="/predict/openapi.json"
        ),
        ("post", "/predict", "200"): request("http"),
        ("post", "/predict", "400"): request("http", body="{"),
        ("post", "/predict", "413"): request("http", body=bytes(7_000_000)),
        ("post", "/predict", "415"): request("http", content_type="text/plain"),
    }
    for (method, path, status), event in events.items():
        reply = reply_of(function(event, None))
        assert str(reply.status) == status
        said = resolved(document["paths"][path][method]["responses"][status], document)
        while "allOf" in said:
            said = said["allOf"][0]
        schema = said["content"]["application/json"]["schema"]
        assert schema and is_valid(reply.body, schema)
        assert not is_valid([], schema)


def test_what_a_handler_says_of_its_readers_is_merged_into_it() -> None:
    def read(body: bytes, content_type: str, query: Mapping[str, str]) -> Request:
        return Request([0.0, 0.0, 0.0])

    form = {"schema": {"type": "object", "required": ["image"]}, "x-max-bytes": 4_718_592}
    parameter = {"name": "n", "in": "query", "schema": {"type": "integer"}}
    operation = {
        "parameters": [parameter],
        "requestBody": {"content": {"multipart/form-data": form}},
    }

    @api(readers={"multipart/form-data": read}, operation=operation)
    def handler(request: Request) -> Answer:
        return scale(request)

    post = document_of(handler)["paths"]["/predict"]["post"]
    assert post["parameters"] == [parameter]
    assert post["requestBody"]["required"] is True
    assert post["requestBody"]["content"]["multipart/form-data"] == form
    assert "schema" in post["requestBody"]["content"]["application/json"]


def test_request_and_answer_are_described_with_their_rules() -> None:
    schemas = document_of(api(scale))["components"]["schemas"]
    numbers = schemas["Request"]["properties"]["input_X"]
    assert (numbers["minItems"], numbers["maxItems"]) == (3, 3)
    assert schemas["Request"]["required"] == ["input_X"]
    assert schemas["Request"]["additionalProperties"] is False
    assert schemas["Answer"]["properties"]["scaled"]["items"] == {"type": "number"}


def test_every_reference_leads_somewhere() -> None:
    document = document_of(api(scale))
    found = list(references(document))
    assert "#/components/schemas/Request" in found
    for reference in found:
        target: Any = document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]


@pytest.mark.parametrize("path", ["/predict", "/v1/houses/predict"])
@pytest.mark.parametrize("base", ["https://host", "https://host/dev", "https://host/a/b"])
def test_the_server_is_right_behind_any_stage_and_domain(
    path: str, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_PATH", path)
    (server,) = document_of(api(scale), path=path)["servers"]
    assert urljoin(f"{base}{path}/openapi.json", server["url"]) == f"{base}/"


def test_a_model_at_the_root_is_described_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_PATH", "/")
    document = document_of(api(scale), path="")
    assert list(document["paths"]) == ["/", "/health", "/openapi.json", "/model"]
    assert (
        urljoin("https://host/dev/openapi.json", document["servers"][0]["url"])
        == "https://host/dev/"
    )
