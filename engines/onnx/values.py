"""ONNX Runtime's values made of tensors, and tensors made of its values."""

import ctypes
from ctypes import c_char_p, c_int, c_int64, c_size_t
from itertools import pairwise
from math import prod
from typing import Any

from engines.errors import RunError
from engines.onnx.api import Api
from engines.tensor import KINDS, Kind, Tensor

ARENA, DEFAULT_MEMORY = 1, 0  # OrtAllocatorType, OrtMemType
STRING = 8  # ONNXTensorElementDataType, as KINDS
NUMBERS = {kind: number for number, kind in KINDS.items()}


class Values:
    """What makes and reads values; whoever gets one releases it."""

    def __init__(self, api: Api) -> None:
        """Take ONNX Runtime's memory."""
        self._api = api
        self._memory = api.get("CreateCpuMemoryInfo", ARENA, DEFAULT_MEMORY)
        self.allocator = api.get("GetAllocatorWithDefaultOptions")

    def make(self, kind: Kind, tensor: Tensor) -> Any:
        """Make a value of a tensor, whose bytes it reads in place: they must outlive it.

        Raises:
            RunError: the tensor's parts do not fit.
        """
        rank = len(tensor.shape)
        shape = ((c_int64 * rank)(*tensor.shape), rank, NUMBERS[kind])
        if isinstance(tensor.content, bytes):
            content = (tensor.content, len(tensor.content))
            return self._api.get("CreateTensorWithDataAsOrtValue", self._memory, *content, *shape)
        texts = [str(text).encode() for text in tensor.content]
        strings = (c_char_p * len(texts))(*texts)
        value = self._api.get("CreateTensorAsOrtValue", self.allocator, *shape)
        try:
            self._api.call("FillStringTensor", value, strings, len(strings))
        except RunError:
            self._api.release("Value", value)
            raise
        return value

    def read(self, value: Any) -> Tensor:
        """Copy a tensor's shape and elements."""
        with self._api.held("TensorTypeAndShapeInfo", "GetTensorTypeAndShape", value) as info:
            number = self._api.get("GetTensorElementType", info, of=c_int)
            shape = sizes(self._api, info)
        count = prod(shape)
        if number == STRING:
            return Tensor(shape, self._strings(value, count) if count else [])
        address = self._api.get("GetTensorMutableData", value)
        bytes_count = KINDS[number].bytes_of(count)
        return Tensor(shape, ctypes.string_at(address, bytes_count) if bytes_count else b"")

    def _strings(self, value: Any, count: int) -> list[str]:
        size = self._api.get("GetStringTensorDataLength", value, of=c_size_t)
        buffer = ctypes.create_string_buffer(size + 1)
        starts = (c_size_t * count)()
        self._api.call("GetStringTensorContent", value, buffer, size, starts, count)
        text = buffer.raw
        return [text[a:b].decode(errors="replace") for a, b in pairwise([*starts, size])]


def sizes(api: Api, info: Any) -> tuple[int, ...]:
    """The sizes of a tensor's type and shape; -1 where one is open."""
    rank = api.get("GetDimensionsCount", info, of=c_size_t)
    found = (c_int64 * rank)()
    api.call("GetDimensions", info, found, rank)
    return tuple(found)
