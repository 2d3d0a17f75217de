"""Find what in an answer JSON cannot carry; imported when there is such a thing."""

from collections.abc import Iterator
from typing import Any

import msgspec

MAX_DEPTH = 50  # of an answer that holds itself
MAX_LENGTH = 200  # of what is quoted


def place(answer: Any) -> str:
    """Name the place of the first value that cannot be JSON, as in `.prices[3]`."""
    path = ""
    for _ in range(MAX_DEPTH):
        for name, child in _children(answer):
            if not _is_json(child):
                path, answer = path + name, child
                break
        else:
            return path + (_key(answer) or f", of the type {type(answer).__name__},")
    return f"{path[:MAX_LENGTH]}, without an end,"


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((f"[{key!r:.50}]", child) for key, child in value.items())
    elif isinstance(value, list | tuple | set | frozenset):
        yield from ((f"[{position}]", child) for position, child in enumerate(value))
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield f".{name}", getattr(value, name)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield f".{name}", getattr(value, name)


def _key(value: Any) -> str:
    """Name the key of a mapping that cannot be one of JSON."""
    for key in value if isinstance(value, dict) else ():
        if not _is_json({key: 0}):
            return f"[{key!r:.50}], a key of the type {type(key).__name__},"
    return ""


def _is_json(value: Any) -> bool:
    try:
        msgspec.json.encode(value, enc_hook=lambda value: value.tolist())
    except Exception:
        return False
    return True
