"""Tensors in base64, as a golden answer may have them.

{"shape": [1, 3], "type": "float32", "base64": "…"}
"""

from __future__ import annotations

import base64
import binascii
import math
import struct
from typing import Any

# By their names in numpy, the letters of the struct module; little-endian.
LETTERS = {
    **{"float16": "e", "float32": "f", "float64": "d", "bool": "?"},
    **{"int8": "b", "int16": "h", "int32": "i", "int64": "q"},
    **{"uint8": "B", "uint16": "H", "uint32": "I", "uint64": "Q"},
}


def is_tensor(value: Any) -> bool:
    """Tell whether a JSON value is a tensor in base64, of a type whose numbers can be compared."""
    return (
        isinstance(value, dict)
        and value.keys() == {"shape", "type", "base64"}
        and value["type"] in LETTERS
        and _bytes(value) is not None
    )


def numbers(tensor: Any) -> dict[str, Any]:
    """Give a tensor with its elements as a list; None stands for what is no number."""
    content, letter = _bytes(tensor) or b"", LETTERS[tensor["type"]]
    elements = struct.unpack(f"<{len(content) // struct.calcsize(letter)}{letter}", content)
    finite = [None if _is_nan(element) else element for element in elements]
    return {"shape": tensor["shape"], "type": tensor["type"], "elements": finite}


def _bytes(value: Any) -> bytes | None:
    try:
        content = base64.b64decode(value["base64"], validate=True)
    except (binascii.Error, TypeError, ValueError):
        return None
    whole = len(content) % struct.calcsize(LETTERS[value["type"]]) == 0
    return content if whole else None


def _is_nan(element: Any) -> bool:
    return isinstance(element, float) and math.isnan(element)
