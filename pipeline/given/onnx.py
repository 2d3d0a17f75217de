"""Whether a file is an ONNX model, by the fields of its outermost message.

Source: https://protobuf.dev/programming-guides/encoding/ and ModelProto in onnx.proto.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

VARINT, LENGTH = 0, 2
IR_VERSION, GRAPH, LAST_FIELD = 1, 7, 26
MAX_FIELDS = 10_000


def is_onnx(path: Path) -> bool:
    """Tell whether a file is a whole ONNX model, with a version and a graph."""
    size = path.stat().st_size
    fields: set[int] = set()
    with path.open("rb") as file:
        try:
            for _ in range(MAX_FIELDS):
                if file.tell() == size:
                    break
                fields.add(_skip_field(file, size))
        except ValueError:
            return False
        return file.tell() == size and {IR_VERSION, GRAPH} <= fields


def _skip_field(file: BinaryIO, size: int) -> int:
    """Read past a field; its number."""
    key = _varint(file)
    number, wire = key >> 3, key & 7
    if not 0 < number <= LAST_FIELD:
        raise ValueError(number)
    if wire == VARINT:
        _varint(file)
    elif wire == LENGTH:
        file.seek(_varint(file), 1)
    else:  # ModelProto has no others
        raise ValueError(wire)
    if file.tell() > size:
        raise ValueError("it is cut short")
    return number


def _varint(file: BinaryIO) -> int:
    value = 0
    for shift in range(0, 70, 7):
        byte = file.read(1)
        if not byte:
            raise ValueError("it is cut short")
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
    raise ValueError("no number is so long")
