"""ONNX models: whether a file is one, and the files beside it that have its weights.

Source: https://protobuf.dev/programming-guides/encoding/ and onnx.proto, whose numbers of fields
these are.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Union

from pipeline.given.beside import beside

VARINT, EIGHT_BYTES, LENGTH, FOUR_BYTES = 0, 1, 2, 5
IR_VERSION, GRAPH, LAST_FIELD = 1, 7, 26  # of ModelProto
NODE, INITIALIZER = 1, 5  # of GraphProto
ATTRIBUTE = 5  # of NodeProto
TENSOR, SUBGRAPH = 5, 6  # of AttributeProto
EXTERNAL_DATA = 13  # of TensorProto
KEY, VALUE = 1, 2  # of StringStringEntryProto
Buffer = Union[mmap.mmap, bytes]
Span = tuple[int, int]  # where a field's content begins and ends


def is_onnx(path: Path) -> bool:
    """Tell whether a file is a whole ONNX model, with a version and a graph."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            return False
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            numbers = {number for number, _ in _fields(content, (0, len(content)))}
        except ValueError:
            return False
        return {IR_VERSION, GRAPH} <= numbers and max(numbers) <= LAST_FIELD


def weight_files(path: Path) -> list[Path]:
    """List the files that have weights of a model, which lie beside it.

    Raises:
        GivenError: one is not there, or would lie elsewhere.
    """
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        graphs = _inside(content, (0, len(content)), GRAPH)
        names = {name for graph in graphs for name in _locations(content, graph)}
    return [beside(path.parent, name, str(path)) for name in sorted(names)]


def _locations(content: Buffer, graph: Span) -> Iterator[str]:
    """Give the names of the files with weights of a graph, and of those in its nodes."""
    for tensor in _inside(content, graph, INITIALIZER):
        yield from _location(content, tensor)
    for node in _inside(content, graph, NODE):
        for attribute in _inside(content, node, ATTRIBUTE):
            for tensor in _inside(content, attribute, TENSOR):
                yield from _location(content, tensor)
            for subgraph in _inside(content, attribute, SUBGRAPH):
                yield from _locations(content, subgraph)


def _location(content: Buffer, tensor: Span) -> Iterator[str]:
    for entry in _inside(content, tensor, EXTERNAL_DATA):
        texts = {number: content[start:end] for number, (start, end) in _fields(content, entry)}
        if texts.get(KEY) == b"location":
            yield texts.get(VALUE, b"").decode()


def _inside(content: Buffer, span: Span, wanted: int) -> list[Span]:
    return [inner for number, inner in _fields(content, span) if number == wanted]


def _fields(content: Buffer, span: Span) -> Iterator[tuple[int, Span]]:
    """Give the fields of a message: their numbers, and where the content of each is.

    Raises:
        ValueError: it is no message, or cut short.
    """
    at, end = span
    while at < end:
        key, at = _varint(content, at, end)
        start, at = _content(content, key & 7, at, end)
        if not key >> 3 or at > end:
            raise ValueError("not a message")
        yield key >> 3, (start, at)


def _content(content: Buffer, wire: int, at: int, end: int) -> Span:
    if wire == VARINT:
        return at, _varint(content, at, end)[1]
    if wire == LENGTH:
        length, at = _varint(content, at, end)
        return at, at + length
    if wire in (EIGHT_BYTES, FOUR_BYTES):
        return at, at + (8 if wire == EIGHT_BYTES else 4)
    raise ValueError("an unknown kind of field")


def _varint(content: Buffer, at: int, end: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= end:
            break
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError("cut short")
