"""OpenAI's `POST /v1/embeddings` for a model that embeds; imported when it is asked for.

    {"input": ["a text", "another"], "model": "any", "encoding_format": "base64"}

Source: https://platform.openai.com/docs/api-reference/embeddings/create
"""

import os
from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from struct import pack
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from apps.text.batches import Batches
from apps.text.card import Card
from apps.text.tokens import Tokens
from serving import BadRequest
from serving.contract import Contract
from serving.log import counts

MAX_TEXTS, MAX_CHARACTERS = 2048, 100_000
TYPES = {400: "invalid_request_error", 413: "invalid_request_error", 500: "server_error"}
REFUSAL = {
    "title": "EmbeddingsError",
    "description": "An error as OpenAI's clients read it.",
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {"message": {"type": "string"}, "type": {"type": "string"}},
            "required": ["message", "type"],
        }
    },
    "required": ["error"],
}
Text = Annotated[str, Meta(min_length=1, max_length=MAX_CHARACTERS)]
Texts = Annotated[list[Text], Meta(min_length=1, max_length=MAX_TEXTS)]


class EmbeddingsRequest(Struct):
    """What OpenAI's clients send, texts and not tokens; `truncate` is this model's own."""

    input: Text | Texts
    model: str = ""
    encoding_format: Literal["float", "base64"] = "float"
    dimensions: int | None = None
    user: str | None = None
    truncate: bool = False


class Embedding(Struct):
    """The embedding of a text: numbers, or base64 of little-endian float32."""

    index: int
    embedding: list[float] | str
    object: Literal["embedding"] = "embedding"


class Usage(Struct):
    """What was counted."""

    prompt_tokens: int
    total_tokens: int


class EmbeddingsAnswer(Struct):
    """The embeddings, in the order of the texts."""

    data: list[Embedding]
    model: str
    usage: Usage
    object: Literal["list"] = "list"


class Embedder:
    """A model that embeds, as OpenAI's API has it."""

    def __init__(self, card: Card, tokens: Tokens, batches: Batches) -> None:
        """Take the parts of the model."""
        self._size, self._tokens, self._batches = card.size, tokens, batches
        self._name = os.environ.get("MODEL_NAME", "")

    def create(self, request: EmbeddingsRequest) -> EmbeddingsAnswer:
        """Answer a request.

        Raises:
            BadRequest: a text is too long, or other dimensions are asked for.
        """
        if request.dimensions not in (None, self._size):
            raise BadRequest(f"dimensions must be {self._size}, the model's, or left out")
        texts = [request.input] if isinstance(request.input, str) else request.input
        rows = self._batches.rows(self._tokens.read(texts, "input", request.truncate))
        usage = Usage(counts.tokens or 0, counts.tokens or 0)
        data = _data(rows, request.encoding_format)
        return EmbeddingsAnswer(data, self._name or request.model, usage)


CONTRACT: Contract[EmbeddingsRequest, EmbeddingsAnswer] = Contract(Embedder.create, {})  # type: ignore[arg-type]  # of self


def _data(rows: Sequence[list[float]], encoding_format: str) -> list[Embedding]:
    if encoding_format == "float":
        return [Embedding(index, row) for index, row in enumerate(rows)]
    return [Embedding(index, _base64(row)) for index, row in enumerate(rows)]


def _base64(row: list[float]) -> str:
    return b2a_base64(pack(f"<{len(row)}f", *row), newline=False).decode()


def error(status: int, text: str) -> Any:
    """Make an error as OpenAI's clients read it."""
    kind = TYPES.get(status, "invalid_request_error")
    return {"error": {"message": text, "type": kind, "param": None, "code": None}}


def describe(card: Card) -> Mapping[str, Any]:
    """Describe the path as OpenAPI spells it."""
    from serving.responses import ERROR

    # In OpenAI's form if the model failed, in API Gateway's if there was no room for it.
    either = {"title": "EmbeddingsFailure", "anyOf": [REFUSAL, ERROR]}
    return {
        "post": {
            "operationId": "createEmbeddings",
            "tags": ["openai"],
            "summary": f"Embeddings of {card.size} numbers, as OpenAI's API answers",
            "requestBody": {"required": True, "content": _json(EmbeddingsRequest)},
            "responses": {
                "200": {"description": "The embeddings", "content": _json(EmbeddingsAnswer)},
                "4XX": {"description": "What is wrong", "content": _json(REFUSAL)},
                "500": {"description": "The model failed", "content": _json(either)},
            },
        }
    }


def _json(schema: Any) -> Mapping[str, Any]:
    return {"application/json": {"schema": schema}}
