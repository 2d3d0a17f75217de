"""OpenAI's own client asks a model that embeds, through an API Gateway event, and reads it."""

import base64
import json
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2 as httpx
import openai
import pytest

from tests.apps.text.models import MAX_TOKENS, NAMES, expected, model
from tests.serving.recorded import recorded, reply_of, request

PATH = "/v1/embeddings"
TEXTS = ["good film", "bad", "день 猫"]


def through(function: Callable[[Any, Any], Any]) -> openai.OpenAI:
    """The client, whose requests become events of a REST API, and replies its answers."""

    def send(sent: httpx.Request) -> httpx.Response:
        path = sent.url.path
        event = request("rest", body=sent.content.decode(), method=sent.method, path=path)
        reply = function(event, None)
        return httpx.Response(reply["statusCode"], headers=reply["headers"], text=reply["body"])

    client = httpx.Client(transport=httpx.MockTransport(send))
    url = "https://api.example.com/v1"
    return openai.OpenAI(api_key="none", base_url=url, http_client=client, max_retries=0)


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> openai.OpenAI:
    monkeypatch.setenv("EMBEDDINGS_PATH", PATH)
    return through(model(tmp_path))


def test_the_client_gets_the_embeddings_in_their_order_in_base64_as_it_asks_by_default(
    client: openai.OpenAI,
) -> None:
    answer = client.embeddings.create(model="any", input=TEXTS)
    assert [one.index for one in answer.data] == [0, 1, 2]
    for one, text in zip(answer.data, TEXTS, strict=True):
        assert one.embedding == pytest.approx(expected(text), abs=1e-6)


def test_floats_are_the_same_as_base64_of_float32(client: openai.OpenAI) -> None:
    floats = client.embeddings.create(model="any", input=TEXTS, encoding_format="float")
    packed = client.embeddings.create(model="any", input=TEXTS, encoding_format="base64")
    for one, other in zip(floats.data, packed.data, strict=True):
        content = base64.b64decode(str(other.embedding))
        assert struct.unpack("<3f", content) == tuple(one.embedding)


def test_usage_counts_the_tokens_and_a_text_may_be_alone(client: openai.OpenAI) -> None:
    answer = client.embeddings.create(model="any", input="good film", dimensions=3)
    assert (answer.usage.prompt_tokens, answer.usage.total_tokens) == (4, 4)
    assert (answer.object, answer.model, answer.data[0].object) == ("list", "any", "embedding")


def test_the_client_reads_why_a_text_is_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        client.embeddings.create(model="any", input=["bad", "good " * 20])
    assert raised.value.body == {
        "message": f"input[1] has 22 tokens, the model takes at most {MAX_TOKENS}: shorten the"
        ' text, or let its end be left out with "truncate": true',
        "type": "invalid_request_error",
        "param": None,
        "code": None,
    }
    cut = client.embeddings.create(model="any", input="good " * 20, extra_body={"truncate": True})
    assert cut.usage.prompt_tokens == MAX_TOKENS


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dimensions": 2}, "dimensions must be 3, the model's, or left out"),
        ({"input": []}, "input: expected array of length >= 1"),
        ({"input": ""}, "input: expected str of length >= 1"),
        ({"input": [[1, 2]]}, "input[0]: expected str, got array"),
        ({"encoding_format": "hex"}, "encoding_format: invalid enum value 'hex'"),
    ],
)
def test_what_the_model_cannot_do_is_refused(
    client: openai.OpenAI, changes: Any, message: str
) -> None:
    with pytest.raises(openai.BadRequestError, match=message.replace("[", r"\[")):
        client.embeddings.create(**{"model": "any", "input": "bad", **changes})


@pytest.mark.parametrize("path", ["", "off"])
def test_the_path_can_be_switched_off(
    tmp_path: Path, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBEDDINGS_PATH", path)
    with pytest.raises(openai.NotFoundError):
        through(model(tmp_path)).embeddings.create(model="any", input="bad")


def test_a_model_that_classifies_has_no_embeddings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBEDDINGS_PATH", PATH)
    with pytest.raises(openai.NotFoundError):
        through(model(tmp_path, gives="label", **NAMES)).embeddings.create(model="a", input="bad")


def test_the_document_has_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDINGS_PATH", PATH)
    event = request("rest", body=None, method="GET", path="/predict/openapi.json")
    described = reply_of(model(tmp_path)(event, None)).body["paths"][PATH]["post"]
    assert described["summary"] == "Embeddings of 3 numbers, as OpenAI's API answers"


def test_nothing_of_it_is_imported_before_it_is_asked_for(tmp_path: Path) -> None:
    model(tmp_path)
    event = recorded("rest") | {"body": json.dumps({"inputs": "good"})}
    program = f"""
import json, sys
from apps.text import serve
from engines.onnx import Session
function = serve(Session({str(tmp_path / "network.onnx")!r}), {str(tmp_path)!r})
assert function(json.loads(sys.argv[1]), None)["statusCode"] == 200
print([name for name in ("apps.text.openai", "numpy", "base64", "json") if name in sys.modules])
"""
    environ = {"EMBEDDINGS_PATH": PATH, "PYTHONPATH": "."}
    command = [sys.executable, "-c", program, json.dumps(event)]
    run = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    assert "apps.text.openai" not in run.stdout and "numpy" not in run.stdout
