"""Whether a file is a TensorFlow Lite model, and a whole one: LiteRT would crash on a part.

Source: https://flatbuffers.dev/internals/ and schema.fbs of LiteRT.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path

MAGIC = b"TFL3"
# The places of fields in their tables, each twice the number in the schema, and 4.
OPERATOR_CODES, SUBGRAPHS, BUFFERS = 6, 8, 12  # of Model
TENSORS, OPERATORS = 4, 10  # of SubGraph
# Vectors of a table, and the bytes of an element: of a tensor its shape and name, of an operator
# and of a graph what goes in and out.
TENSOR_VECTORS = {4: 4, 10: 1}
OPERATOR_VECTORS = GRAPH_VECTORS = {6: 4, 8: 4}
DATA, OFFSET, SIZE = 4, 6, 8  # of Buffer: in the table's own vector, or behind it in the file


def is_tflite(head: bytes) -> bool:
    """Tell a TensorFlow Lite model by its first bytes."""
    return head[4:8] == MAGIC


def is_whole_tflite(path: Path) -> bool:
    """Tell whether all tables of a model and all its weights are in the file."""
    with path.open("rb") as file:
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            try:
                return _ends(content) <= len(content)
            except (struct.error, IndexError):
                return False


def _ends(content: mmap.mmap) -> int:
    """Find where the last of what the model needs ends, as far as its tables are there."""
    model = _number(content, 0)
    graphs = list(_tables(content, model, SUBGRAPHS))
    if not graphs:
        return len(content) + 1
    ends = [_table_end(content, code) for code in _tables(content, model, OPERATOR_CODES)]
    ends += [_data_end(content, buffer) for buffer in _tables(content, model, BUFFERS)]
    for graph in graphs:
        ends += _vector_ends(content, graph, GRAPH_VECTORS)
        for tensor in _tables(content, graph, TENSORS):
            ends += _vector_ends(content, tensor, TENSOR_VECTORS)
        for operator in _tables(content, graph, OPERATORS):
            ends += _vector_ends(content, operator, OPERATOR_VECTORS)
    return max(ends)


def _vector_ends(content: mmap.mmap, table: int, vectors: dict[int, int]) -> list[int]:
    """Find where a table ends, and each of its vectors."""
    ends = [_table_end(content, table)]
    for field, element_bytes in vectors.items():
        if place := _field(content, table, field):
            vector = place + _number(content, place)
            ends.append(vector + 4 + element_bytes * _number(content, vector))
    return ends


def _data_end(content: mmap.mmap, buffer: int) -> int:
    if place := _field(content, buffer, DATA):
        vector = place + _number(content, place)
        return vector + 4 + _number(content, vector)
    offset, size = (_field(content, buffer, field) for field in (OFFSET, SIZE))
    if offset and size:
        (start,), (count,) = (struct.unpack_from("<Q", content, at) for at in (offset, size))
        return int(start + count)
    return _table_end(content, buffer)


def _tables(content: mmap.mmap, table: int, field: int) -> Iterator[int]:
    """Give the places of the tables in a vector of them."""
    if place := _field(content, table, field):
        vector = place + _number(content, place)
        for index in range(_number(content, vector)):
            entry = vector + 4 + 4 * index
            yield entry + _number(content, entry)


def _field(content: mmap.mmap, table: int, field: int) -> int:
    """Find a field of a table; 0 where it is left out."""
    (back,) = struct.unpack_from("<i", content, table)
    vtable = table - back
    (size,) = struct.unpack_from("<H", content, vtable)
    if field >= size:
        return 0
    (offset,) = struct.unpack_from("<H", content, vtable + field)
    return table + offset if offset else 0


def _table_end(content: mmap.mmap, table: int) -> int:
    (back,) = struct.unpack_from("<i", content, table)
    (size,) = struct.unpack_from("<H", content, table - back + 2)
    return int(table + size)


def _number(content: mmap.mmap, place: int) -> int:
    (number,) = struct.unpack_from("<I", content, place)
    return int(number)
