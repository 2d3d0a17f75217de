"""A model that ONNX Runtime has loaded: what it takes, what it gives, and running it."""

import ctypes
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import c_char_p, c_int, c_int64, c_size_t, c_void_p
from itertools import pairwise
from math import prod
from typing import Any

from engines.errors import ModelError, RunError
from engines.onnx.api import Api
from engines.tensor import KINDS, Port, Tensor
from engines.threads import vcpus

LOG_FATAL = 4  # OrtLoggingLevel: what fails is raised, and needs no line of its own
ARENA, DEFAULT_MEMORY = 1, 0  # OrtAllocatorType, OrtMemType
TENSOR = 1  # ONNXType
STRING = 8  # ONNXTensorElementDataType, as KINDS
NUMBERS = {kind: number for number, kind in KINDS.items()}
# Threads that spin while they wait use up the CPU time that Lambda grants in slices.
WAITING_THREADS_SLEEP = b"session.intra_op.allow_spinning", b"0"


class Session:
    """A model, held for as long as the process lives."""

    def __init__(self, model: str | os.PathLike[str], threads: int | None = None) -> None:
        """Load a model.

        Args:
            model: an `.onnx` file; files with its weights lie beside it.
            threads: of one operator, at least 1; by default one for each vCPU.

        Raises:
            ModelError: the file is missing, is not a model, has an unknown operator, or an input
                or an output of a type that is not served.
        """
        self._api = Api()
        try:
            self._load(model, threads or vcpus())
        except RunError as error:
            name = os.path.basename(os.fsdecode(model))
            raise ModelError(f"{name} cannot be loaded: {error}") from error
        self.inputs = self._ports("Input")
        self.outputs = self._ports("Output")
        self._input_names = _names(self.inputs)
        self._output_names = _names(self.outputs)

    def _load(self, model: str | os.PathLike[str], threads: int) -> None:
        environment = self._api.get("CreateEnv", LOG_FATAL, b"")
        self._memory = self._api.get("CreateCpuMemoryInfo", ARENA, DEFAULT_MEMORY)
        self._allocator = self._api.get("GetAllocatorWithDefaultOptions")
        options = self._api.get("CreateSessionOptions")
        self._api.call("SetIntraOpNumThreads", options, threads)
        self._api.call("AddSessionConfigEntry", options, *WAITING_THREADS_SLEEP)
        self._session = self._api.get("CreateSession", environment, os.fsencode(model), options)
        self._api.release("SessionOptions", options)

    def run(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """Compute the outputs, in the order of `outputs`, from a tensor for each of `inputs`.

        Raises:
            RunError: the model cannot take these shapes or values, or there is no memory.
        """
        if len(tensors) != len(self.inputs):
            raise RunError(f"the model takes {len(self.inputs)} tensors, got {len(tensors)}")
        inputs = (c_void_p * len(self.inputs))()
        outputs = (c_void_p * len(self.outputs))()
        try:
            for index, (port, tensor) in enumerate(zip(self.inputs, tensors, strict=True)):
                inputs[index] = self._value(NUMBERS[port.kind], tensor)
            self._api.call(
                "Run",
                self._session,
                None,
                *(self._input_names, inputs, len(inputs)),
                *(self._output_names, len(outputs), outputs),
            )
            return [self._tensor(value) for value in outputs]
        finally:
            for value in (*inputs, *outputs):
                self._api.release("Value", value)

    def _value(self, number: int, tensor: Tensor) -> Any:
        rank = len(tensor.shape)
        shape = ((c_int64 * rank)(*tensor.shape), rank, number)
        if isinstance(tensor.content, bytes):  # read in place, so it must outlive the value
            content = (tensor.content, len(tensor.content))
            return self._api.get("CreateTensorWithDataAsOrtValue", self._memory, *content, *shape)
        strings = (c_char_p * len(tensor.content))(*map(str.encode, tensor.content))
        value = self._api.get("CreateTensorAsOrtValue", self._allocator, *shape)
        try:
            self._api.call("FillStringTensor", value, strings, len(strings))
        except RunError:
            self._api.release("Value", value)
            raise
        return value

    def _tensor(self, value: Any) -> Tensor:
        with self._held("TensorTypeAndShapeInfo", "GetTensorTypeAndShape", value) as info:
            number = self._api.get("GetTensorElementType", info, of=c_int)
            shape = self._sizes(info)
        count = prod(shape)
        if number == STRING:
            return Tensor(shape, self._strings(value, count) if count else [])
        address = self._api.get("GetTensorMutableData", value)
        bytes_count = count * KINDS[number].element_bytes
        return Tensor(shape, ctypes.string_at(address, bytes_count) if bytes_count else b"")

    def _strings(self, value: Any, count: int) -> list[str]:
        size = self._api.get("GetStringTensorDataLength", value, of=c_size_t)
        buffer = ctypes.create_string_buffer(size + 1)
        starts = (c_size_t * count)()
        self._api.call("GetStringTensorContent", value, buffer, size, starts, count)
        text = buffer.raw
        return [text[a:b].decode(errors="replace") for a, b in pairwise([*starts, size])]

    def _ports(self, side: str) -> list[Port]:
        count = self._api.get(f"SessionGet{side}Count", self._session, of=c_size_t)
        return [self._port(side, index) for index in range(count)]

    def _port(self, side: str, index: int) -> Port:
        address = self._api.get(f"SessionGet{side}Name", self._session, index, self._allocator)
        name = ctypes.string_at(address).decode()
        self._api.call("AllocatorFree", self._allocator, address)
        with self._held("TypeInfo", f"SessionGet{side}TypeInfo", self._session, index) as info:
            if self._api.get("GetOnnxTypeFromTypeInfo", info, of=c_int) != TENSOR:
                raise ModelError(
                    f"{side.lower()} {name} is not a tensor: convert the model to tensors only, "
                    "with scikit-learn by to_onnx(..., options={'zipmap': False})"
                )
            tensor_info = self._api.get("CastTypeInfoToTensorInfo", info)
            number = self._api.get("GetTensorElementType", tensor_info, of=c_int)
            if number not in KINDS:
                served = ", ".join(kind.name for kind in KINDS.values())
                raise ModelError(
                    f"{side.lower()} {name} has elements of ONNX's type {number}: "
                    f"add a Cast to the model, to one of {served}"
                )
            return Port(name, KINDS[number], self._declared_shape(tensor_info))

    def _declared_shape(self, info: Any) -> tuple[int | str, ...] | None:
        if not self._api.has_shape(info):
            return None
        sizes = self._sizes(info)
        names = (c_char_p * len(sizes))()
        self._api.call("GetSymbolicDimensions", info, names, len(sizes))
        return tuple(
            size if size >= 0 else (name or b"").decode()
            for size, name in zip(sizes, names, strict=True)
        )

    def _sizes(self, info: Any) -> tuple[int, ...]:
        rank = self._api.get("GetDimensionsCount", info, of=c_size_t)
        sizes = (c_int64 * rank)()
        self._api.call("GetDimensions", info, sizes, rank)
        return tuple(sizes)

    @contextmanager
    def _held(self, kind: str, call: str, *arguments: Any) -> Iterator[Any]:
        pointer = self._api.get(call, *arguments)
        try:
            yield pointer
        finally:
            self._api.release(kind, pointer)


def _names(ports: Sequence[Port]) -> Any:
    return (c_char_p * len(ports))(*(port.name.encode() for port in ports))
