"""Reads what a user says of a model, in `columns.json`."""

from typing import TypeVar

import msgspec

from engines.errors import ModelError
from serving.faults import faults, joined

T = TypeVar("T")


def decoded(content: bytes, type_: type[T]) -> T:
    """Decode and check what is said.

    Raises:
        ModelError: it is not JSON, or something in it is not known; every fault is named.
    """
    try:
        return msgspec.json.decode(content, type=type_)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        found = faults(content.decode(errors="replace"), type_)
        raise ModelError(f"columns.json: {joined(found) or error}") from error
