"""Refuse a reply that its carrier does not carry; imported for large ones."""

from json import dumps  # escapes what is not ASCII, as the runtime client does
from typing import Any

from serving.errors import TooLarge


def check(reply: Any, most: int, carrier: str) -> None:
    """Check the bytes of a reply.

    Raises:
        TooLarge: they are more than `most`.
    """
    size = len(dumps(reply))
    if size > most:
        raise TooLarge(f"the answer has {size} bytes, {carrier} carries at most {most}")
