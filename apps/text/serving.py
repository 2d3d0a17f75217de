"""The Lambda function of a model of texts."""

import os
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from apps.text.answers import TYPES, answers
from apps.text.batches import Batches
from apps.text.card import Card, read_card
from apps.text.tokens import Tokens
from serving import api
from serving.application import Application

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engines.engine import Engine
    from serving.events import Call
    from serving.log import Line
    from serving.routes import Route

MAX_TEXTS = 2048
# Of a text: tokens take a second and 100 MB for half a million.
MAX_CHARACTERS = 100_000
Text = Annotated[str, Meta(max_length=MAX_CHARACTERS)]
OFF = ("", "off")


class Request(Struct, forbid_unknown_fields=True):
    """A text or several; `truncate` leaves out the end of what is too long for the model."""

    inputs: Text | Annotated[list[Text], Meta(min_length=1, max_length=MAX_TEXTS)]
    truncate: bool = False


def serve(engine: "Engine", folder: str) -> Application[Any, Any]:
    """Make the Lambda function of a model.

    A model that embeds also answers at EMBEDDINGS_PATH as OpenAI's API does, where that is set.

    Args:
        engine: that has loaded it.
        folder: with its `card.json` and its `tokenizer.json`.
    """
    card = read_card(os.path.join(folder, "card.json"))
    tokens = Tokens(os.path.join(folder, "tokenizer.json"), card)
    batches, answer = Batches(engine, card), answers(card)

    def handler(request: Request) -> Any:
        texts = [request.inputs] if isinstance(request.inputs, str) else request.inputs
        return answer(batches.rows(tokens.read(texts, "inputs", request.truncate)))

    handler.__annotations__ = {"request": Request, "return": TYPES[card.gives]}
    application: Application[Any, Any] = api(facts=engine.about)(handler)
    path = os.environ.get("EMBEDDINGS_PATH", "")
    if card.gives == "embeddings" and path not in OFF:
        application.later(lambda: {path: _embeddings(card, tokens, batches)})
    return application


def _embeddings(card: Card, tokens: Tokens, batches: Batches) -> "Route":
    """Make OpenAI's door; nothing of it is imported before somebody knocks."""
    from serving.routes import Route

    def create(call: "Call", line: "Line") -> bytes:
        from apps.text.openai import CONTRACT, Embedder

        return CONTRACT.run(Embedder(card, tokens, batches).create, call, line)

    def describe() -> "Mapping[str, Any]":
        from apps.text.openai import describe

        return describe(card)

    def error(status: int, text: str) -> Any:
        from apps.text.openai import error

        return error(status, text)

    return Route({"POST": create}, describe, error)
