"""ONNX Runtime's C API, as much of it as a prediction needs.

The wheel's Python package imports numpy, and both take most of a cold start and of an image;
`benchmarks/c_interfaces.py` measures it. The answers are the same, bit for bit: the tests compare
them.

A function is found by its place in the table `OrtApi`. Places are for ever: a release only appends.
Source: https://github.com/microsoft/onnxruntime, onnxruntime_c_api.h, onnxruntime_c_api.cc.
"""

import ctypes
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ctypes import byref, c_char_p, c_int, c_size_t, c_uint32, c_void_p
from typing import Any

from engines.errors import ModelError, RunError

API_VERSION = 24  # the first with TensorTypeAndShape_HasShape
# Places and arguments of the functions that return a status, which is null for success.
CALLS: dict[str, tuple[int, tuple[Any, ...]]] = {
    "CreateEnv": (3, (c_int, c_char_p, c_void_p)),
    "CreateSession": (7, (c_void_p, c_char_p, c_void_p, c_void_p)),
    "Run": (9, (c_void_p,) * 4 + (c_size_t, c_void_p, c_size_t, c_void_p)),
    "CreateSessionOptions": (10, (c_void_p,)),
    "SetIntraOpNumThreads": (24, (c_void_p, c_int)),
    "SessionGetInputCount": (30, (c_void_p, c_void_p)),
    "SessionGetOutputCount": (31, (c_void_p, c_void_p)),
    "SessionGetInputTypeInfo": (33, (c_void_p, c_size_t, c_void_p)),
    "SessionGetOutputTypeInfo": (34, (c_void_p, c_size_t, c_void_p)),
    "SessionGetInputName": (36, (c_void_p, c_size_t, c_void_p, c_void_p)),
    "SessionGetOutputName": (37, (c_void_p, c_size_t, c_void_p, c_void_p)),
    "CreateTensorAsOrtValue": (48, (c_void_p, c_void_p, c_size_t, c_int, c_void_p)),
    "CreateTensorWithDataAsOrtValue": (
        49,
        (c_void_p, c_char_p, c_size_t, c_void_p, c_size_t, c_int, c_void_p),
    ),
    "GetTensorMutableData": (51, (c_void_p, c_void_p)),
    "FillStringTensor": (52, (c_void_p, c_void_p, c_size_t)),
    "GetStringTensorDataLength": (53, (c_void_p, c_void_p)),
    "GetStringTensorContent": (54, (c_void_p, c_char_p, c_size_t, c_void_p, c_size_t)),
    "CastTypeInfoToTensorInfo": (55, (c_void_p, c_void_p)),
    "GetOnnxTypeFromTypeInfo": (56, (c_void_p, c_void_p)),
    "GetTensorElementType": (60, (c_void_p, c_void_p)),
    "GetDimensionsCount": (61, (c_void_p, c_void_p)),
    "GetDimensions": (62, (c_void_p, c_void_p, c_size_t)),
    "GetSymbolicDimensions": (63, (c_void_p, c_void_p, c_size_t)),
    "GetTensorTypeAndShape": (65, (c_void_p, c_void_p)),
    "CreateCpuMemoryInfo": (69, (c_int, c_int, c_void_p)),
    "AllocatorFree": (76, (c_void_p, c_void_p)),
    "GetAllocatorWithDefaultOptions": (78, (c_void_p,)),
    "AddSessionConfigEntry": (130, (c_void_p, c_char_p, c_char_p)),
}
# Those that sequences and maps need besides.
CONTAINER_CALLS: dict[str, tuple[int, tuple[Any, ...]]] = {
    "GetValue": (80, (c_void_p, c_int, c_void_p, c_void_p)),
    "GetValueCount": (81, (c_void_p, c_void_p)),
    "CreateValue": (82, (c_void_p, c_size_t, c_int, c_void_p)),
    "CastTypeInfoToMapTypeInfo": (103, (c_void_p, c_void_p)),
    "CastTypeInfoToSequenceTypeInfo": (104, (c_void_p, c_void_p)),
    "GetMapKeyType": (105, (c_void_p, c_void_p)),
    "GetMapValueType": (106, (c_void_p, c_void_p)),
    "GetSequenceElementType": (107, (c_void_p, c_void_p)),
}
# Places of the others, each of one pointer.
GET_ERROR_MESSAGE, RELEASE_STATUS, HAS_SHAPE = 2, 93, 390
RELEASES = {"Value": 96, "TypeInfo": 98, "TensorTypeAndShapeInfo": 99, "SessionOptions": 100}


class Api:
    """The functions of ONNX Runtime's library."""

    def __init__(self) -> None:
        """Load the library and find the functions.

        Raises:
            ModelError: the library is missing, or too old.
        """
        self._table = _table()
        self._calls: dict[str, Callable[..., Any]] = {}
        self.add(CALLS)
        self._releases = {
            name: self._function(place, None, c_void_p) for name, place in RELEASES.items()
        }
        self._message = self._function(GET_ERROR_MESSAGE, c_char_p, c_void_p)
        self._release_status = self._function(RELEASE_STATUS, None, c_void_p)
        self.has_shape = self._function(HAS_SHAPE, ctypes.c_bool, c_void_p)

    def _function(self, place: int, *prototype: Any) -> Callable[..., Any]:
        return ctypes.CFUNCTYPE(*prototype)(self._table[place])

    def add(self, calls: Mapping[str, tuple[int, tuple[Any, ...]]]) -> None:
        """Find more functions that return a status, for models that need them."""
        for name, (place, arguments) in calls.items():
            self._calls[name] = self._function(place, c_void_p, *arguments)

    def call(self, name: str, *arguments: Any) -> None:
        """Call a function of `CALLS`, or one that was added.

        Raises:
            RunError: it did not succeed; the message is ONNX Runtime's own.
        """
        status = self._calls[name](*arguments)
        if status is not None:
            message = self._message(status).decode(errors="replace")
            self._release_status(status)
            raise RunError(message)

    def get(self, name: str, *arguments: Any, of: Any = c_void_p) -> Any:
        """Call a function of `CALLS` whose last argument is where it puts its result.

        Args:
            name: the function.
            arguments: all but the last.
            of: the result's type; a pointer's value is None where it is null.

        Raises:
            RunError: it did not succeed.
        """
        result = of()
        self.call(name, *arguments, byref(result))
        return result.value

    @contextmanager
    def held(self, kind: str, call: str, *arguments: Any) -> Iterator[Any]:
        """Get an object as `get` does, and free it in the end.

        Args:
            kind: its type, of `RELEASES`.
            call: the function that makes it.
            arguments: all but the last.
        """
        pointer = self.get(call, *arguments)
        try:
            yield pointer
        finally:
            self.release(kind, pointer)

    def release(self, name: str, pointer: Any) -> None:
        """Free an object of a type of `RELEASES`; null is none."""
        self._releases[name](pointer)


def _table() -> Any:
    """The table of pointers, of a library that is not older than it."""

    class ApiBase(ctypes.Structure):
        _fields_ = [("get_api", ctypes.CFUNCTYPE(c_void_p, c_uint32))]

    # Else the library keeps a database and an identifier in the cache folder, runs a thread, and
    # sends what it does to Microsoft: https://github.com/microsoft/onnxruntime, docs/Privacy.md.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    library = ctypes.CDLL(_library_path())
    library.OrtGetApiBase.restype = ctypes.POINTER(ApiBase)
    table = library.OrtGetApiBase().contents.get_api(API_VERSION)
    if table is None:
        raise ModelError("onnxruntime is older than 1.24: see requirements.txt")
    return ctypes.cast(table, ctypes.POINTER(c_void_p))


def _library_path() -> str:
    """The library in the wheel, whose package is not imported."""
    # By hand: importing importlib.util takes longer than all of the rest here.
    folders = (os.path.join(folder, "onnxruntime", "capi") for folder in sys.path)
    folder = next(filter(os.path.isdir, folders), None)
    if folder is None:
        raise ModelError("onnxruntime is not installed: pip install -r requirements.txt")
    found = (name for name in os.listdir(folder) if name.startswith("libonnxruntime."))
    (name,) = (name for name in found if name.count(".") > 1)  # .so.1.2, .1.2.dylib
    return os.path.join(folder, name)
