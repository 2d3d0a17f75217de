"""What a model is shown of a file."""

from serving.photographs import pixels as pixels_of

SIDE = 224


def pixels(content: bytes, resize: int = 256, side: int = SIDE) -> bytes:
    """What the model sees, of as many bytes as it should be."""
    found = pixels_of(content, resize, side)
    assert len(found) == side * side * 3
    return found


def pixel(content: bytes, x: int = SIDE // 2, y: int = SIDE // 2) -> tuple[int, ...]:
    """A pixel of what the model sees."""
    return tuple(pixels(content)[3 * (SIDE * y + x) :][:3])


def farthest(some: bytes, others: bytes) -> int:
    """The largest difference between two photographs' channels."""
    return max(abs(one - other) for one, other in zip(some, others, strict=True))
