"""A model that scales three numbers, for the tests."""

from typing import Annotated

from msgspec import Meta, Struct


class Request(Struct, forbid_unknown_fields=True):
    """Three numbers, and what to multiply them by."""

    input_X: Annotated[list[float], Meta(min_length=3, max_length=3)]
    scale: Annotated[int, Meta(ge=1, le=1000)] = 1


class Answer(Struct):
    """The numbers, scaled."""

    scaled: list[float]


def scale(request: Request) -> Answer:
    """The handler."""
    return Answer([request.scale * number for number in request.input_X])


ANSWER = {"scaled": [3.0, -4.0, 0.0]}  # to the request of the recorded events
