"""What a model is shown of a file."""

from collections.abc import Callable
from time import thread_time

import pytest

from serving import BadRequest, TooLarge
from serving.photographs import Allowance, Framing
from serving.photographs import pixels as pixels_of

SIDE = 224


def pixels(
    content: bytes, resize: int = 256, side: int = SIDE, allowance: Allowance | None = None
) -> bytes:
    """What the model sees, of as many bytes as it should be."""
    found = pixels_of(content, Framing(side, side, "crop", resize), allowance)
    assert len(found) == side * side * 3
    return found


def pixel(content: bytes, x: int = SIDE // 2, y: int = SIDE // 2) -> tuple[int, ...]:
    """A pixel of what the model sees."""
    return tuple(pixels(content)[3 * (SIDE * y + x) :][:3])


def farthest(some: bytes, others: bytes) -> int:
    """The largest difference between two photographs' channels."""
    return max(abs(one - other) for one, other in zip(some, others, strict=True))


def cpu_seconds_of(action: Callable[[], object]) -> float:
    """The CPU time of this thread that something takes, whatever else the machine does."""
    started = thread_time()
    action()
    return thread_time() - started


def cpu_seconds_to_refuse(content: bytes) -> float:
    """The CPU time after which a photograph is refused."""

    def refuse() -> None:
        with pytest.raises((BadRequest, TooLarge)):
            pixels(content)

    return cpu_seconds_of(refuse)
