"""LiteRT's C interface, as much of it as a prediction needs.

The wheel's Python package imports numpy and another library of 18 MB, and gives its first answer
three to four times later. The answers are those of its `Interpreter`, bit for bit: the tests
compare them.

Source: https://github.com/google-ai-edge/LiteRT, litert/c/*.h
"""

import ctypes
import os
import sys
from ctypes import Structure, c_char_p, c_int, c_int32, c_int64, c_size_t, c_uint32, c_void_p
from typing import Any

from engines.errors import ModelError, RunError

CPU = 1  # of LiteRtHwAccelerators
MAX_RANK = 8
RANK_BITS = 0x7F
AUTO_REGISTER_ACCELERATORS, MIN_LOGGER_SEVERITY = 24, 25  # of LiteRtEnvOptionTag
INTEGER = 2  # of LiteRtAnyType
ERRORS_ONLY = 3  # of LiteRtLogSeverity
# LiteRtStatus; the library does not export what names them.
STATUSES = {
    1: "an invalid argument",
    2: "no memory",
    3: "a fault while it computed",
    5: "something that LiteRT does not support",
    500: "a file that cannot be read",
    501: "a file that is damaged",
    504: "a model that cannot be prepared",
}


class TensorType(Structure):
    """LiteRtRankedTensorType: what a tensor's elements are, and its sizes; less than 0 is open."""

    _fields_ = [
        ("element", c_int),
        ("bits", c_uint32),
        ("sizes", c_int32 * MAX_RANK),
        ("strides", c_uint32 * MAX_RANK),
    ]

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes that there are."""
        return tuple(self.sizes[: self.bits & RANK_BITS])

    def resized(self, shape: tuple[int, ...]) -> "TensorType":
        """The same elements in another shape."""
        return TensorType(self.element, len(shape), (c_int32 * MAX_RANK)(*shape))


class Layout(Structure):
    """LiteRtLayout: a tensor's sizes."""

    _fields_ = [
        ("bits", c_uint32),
        ("sizes", c_int32 * MAX_RANK),
        ("strides", c_uint32 * MAX_RANK),
    ]

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes that there are."""
        return tuple(self.sizes[: self.bits & RANK_BITS])


class PerTensor(Structure):
    """LiteRtQuantizationPerTensor."""

    _fields_ = [("scale", ctypes.c_float), ("zero_point", c_int64)]


class _Any(Structure):
    _fields_ = [("type", c_int), ("integer", c_int64)]


class _Option(Structure):
    _fields_ = [("tag", c_int), ("value", _Any)]


# Of the library's functions those that take sizes by value, which ctypes would else pass as int.
SIZES = {
    "GetModelSignature": (c_void_p, c_size_t, c_void_p),
    "GetSignatureInputName": (c_void_p, c_size_t, c_void_p),
    "GetSignatureOutputName": (c_void_p, c_size_t, c_void_p),
    "GetSignatureInputTensorByIndex": (c_void_p, c_size_t, c_void_p),
    "GetSignatureOutputTensorByIndex": (c_void_p, c_size_t, c_void_p),
    "GetSubgraphOp": (c_void_p, c_size_t, c_void_p),
    "GetModelSubgraph": (c_void_p, c_size_t, c_void_p),
    "CreateTensorBufferFromHostMemory": (c_void_p, c_void_p, c_size_t, c_void_p, c_void_p),
    "CompiledModelResizeInputTensor": (c_void_p, c_size_t, c_size_t, c_void_p, c_size_t),
    "GetCompiledModelOutputTensorLayouts": (c_void_p, c_size_t, c_size_t, c_void_p, ctypes.c_bool),
    "RunCompiledModel": (c_void_p, c_size_t, c_size_t, c_void_p, c_size_t, c_void_p),
    "SetOptionsHardwareAccelerators": (c_void_p, c_int),
}


class Api:
    """The functions of LiteRT's library."""

    def __init__(self) -> None:
        """Load the library.

        Raises:
            ModelError: it is missing.
        """
        self._library = ctypes.CDLL(_library_path())
        for name, arguments in SIZES.items():
            getattr(self._library, f"LiteRt{name}").argtypes = arguments

    def call(self, name: str, *arguments: Any) -> None:
        """Call a function by its name without `LiteRt`.

        Raises:
            RunError: it did not succeed; what LiteRT says of it is on stderr.
        """
        status = getattr(self._library, f"LiteRt{name}")(*arguments)
        if status != 0:
            raise RunError(f"LiteRT met {STATUSES.get(status, f'the error {status}')} ({name})")

    def get(self, name: str, *arguments: Any, of: Any = c_void_p) -> Any:
        """Call a function whose last argument is where it puts its result.

        Returns:
            the result: a number, or what ctypes has for a pointer or a structure.

        Raises:
            RunError: it did not succeed.
        """
        result = of()
        self.call(name, *arguments, ctypes.byref(result))
        return result if isinstance(result, (c_void_p, Structure)) else result.value

    def text(self, name: str, *arguments: Any) -> str:
        """Call a function that puts a text there."""
        found: bytes = self.get(name, *arguments, of=c_char_p)
        return (found or b"").decode(errors="replace")

    def environment(self) -> Any:
        """Make LiteRT's environment: for the CPU alone, and with no word but of errors."""
        options = (_Option * 2)(
            _Option(AUTO_REGISTER_ACCELERATORS, _Any(INTEGER, CPU)),
            _Option(MIN_LOGGER_SEVERITY, _Any(INTEGER, ERRORS_ONLY)),
        )
        return self.get("CreateEnvironment", len(options), options)

    def release(self, name: str, pointer: Any) -> None:
        """Free an object of a type."""
        getattr(self._library, f"LiteRtDestroy{name}")(pointer)


def _library_path() -> str:
    """The library in the wheel, whose package is not imported."""
    # By hand: importing importlib.util takes longer than all of the rest here.
    for folder in sys.path:
        for name in "libLiteRt.so", "libLiteRt.dylib":
            path = os.path.join(folder, "ai_edge_litert", name)
            if os.path.isfile(path):
                return path
    raise ModelError("ai-edge-litert is not installed: pip install -r requirements.txt")
