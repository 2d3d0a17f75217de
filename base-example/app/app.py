"""Answers `POST {"eruption_minutes": 3.6}` with the minutes until the next eruption."""

from typing import Annotated

from model import load, predict
from msgspec import Meta, Struct

from serving import api

line = load()


class Request(Struct, forbid_unknown_fields=True):
    """The length of the last eruption, within what was measured."""

    eruption_minutes: Annotated[float, Meta(ge=1.5, le=5.5)]


class Answer(Struct):
    """The rest until the next eruption."""

    waiting_minutes: float


@api
def handler(request: Request) -> Answer:
    """Predicts when Old Faithful erupts next."""
    return Answer(predict(line, request.eruption_minutes))
