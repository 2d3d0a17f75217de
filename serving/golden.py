"""The golden request of a model and its answer, which an image has beside its app.

`example.json` is what the image was checked with: `{"request": …, "answer": …}`, and perhaps more.
"""

import os
from typing import Any

from msgspec import DecodeError, Struct
from msgspec.json import decode

FILE = "example.json"
MAX_BYTES = 20_000  # a larger one would drown the document that shows it


class Golden(Struct):
    """A request and what it is answered with, any JSON."""

    request: Any
    answer: Any


def golden() -> Golden | None:
    """Read the golden request; None where there is none, or a large one."""
    try:
        with open(os.path.join(os.environ.get("LAMBDA_TASK_ROOT", ""), FILE), "rb") as file:
            content = file.read(MAX_BYTES + 1)
        return decode(content, type=Golden) if len(content) <= MAX_BYTES else None
    except (OSError, DecodeError):
        return None
