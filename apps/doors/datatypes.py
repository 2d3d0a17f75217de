"""The datatypes of the Open Inference Protocol, and their elements as bytes.

Bytes are little-endian, in row-major order; of BYTES, each element is four bytes with its length
and then its own. A bfloat16 is the upper half of a float32.

Sources: https://github.com/kserve/open-inference-protocol, specification/protocol, and
https://github.com/triton-inference-server/server, docs/protocol/extension_binary_data.md.
"""

from math import prod
from struct import pack as struct_pack
from struct import unpack_from
from typing import Any

from engines.tensor import KINDS, Kind, Tensor
from serving.errors import BadRequest

NAMES = {
    **{"float16": "FP16", "float32": "FP32", "float64": "FP64", "bfloat16": "BF16"},
    **{
        f"{sign}int{bits}": f"{sign.upper()}INT{bits}"
        for sign in ("", "u")
        for bits in (8, 16, 32, 64)
    },
    **{"bool": "BOOL", "string": "BYTES"},
}
BY_NAME = {NAMES[kind.name]: kind for kind in KINDS.values() if kind.name in NAMES}


def kind_of(place: str, datatype: str) -> Kind:
    """Find the kind of a datatype.

    Raises:
        BadRequest: there is none of that name.
    """
    if datatype not in BY_NAME:
        raise BadRequest(f"{place}: expected one of {', '.join(BY_NAME)}, got {datatype}")
    return BY_NAME[datatype]


def from_bytes(
    place: str, kind: Kind, shape: tuple[int, ...], content: bytes
) -> "bytes | list[str]":
    """Read an input's bytes; text becomes a list.

    Raises:
        BadRequest: they are more or less than the shape has, or no UTF-8.
    """
    if kind.python is str:
        return _texts(place, prod(shape), content)
    expected = kind.bytes_of(prod(shape))
    if len(content) != expected:
        rule = f"{NAMES[kind.name]} of shape {list(shape)} has {expected} bytes"
        raise BadRequest(f"{place}: {rule}, binary_data_size is {len(content)}")
    if kind.python is bool and content.translate(None, b"\0\1"):
        raise BadRequest(f"{place}: each byte of a BOOL must be 0 or 1")
    return content


def _texts(place: str, count: int, content: bytes) -> list[str]:
    found, start = [], 0
    while start + 4 <= len(content):
        (size,) = unpack_from("<I", content, start)
        found.append(content[start + 4 : start + 4 + size])
        start += 4 + size
    if start != len(content) or len(found) != count:
        raise BadRequest(
            f"{place}: expected {count} elements of BYTES, each after its 4-byte length"
        )
    try:
        return [element.decode() for element in found]
    except UnicodeDecodeError as error:
        raise BadRequest(f"{place}: an element is not UTF-8: {error}") from error


def to_bytes(tensor: Tensor) -> bytes:
    """Write an output's bytes."""
    if isinstance(tensor.content, bytes):
        return tensor.content
    texts: list[Any] = [element.encode() for element in _strings(tensor)]
    return b"".join(struct_pack("<I", len(text)) + text for text in texts)


def _strings(tensor: Tensor) -> list[str]:
    content: Any = tensor.content
    return list(content)
