"""PyTorch's C interface, as much of it as running a compiled network needs.

`import torch` takes a second and a thousand modules. A network that PyTorch's AOTInductor compiled
needs none of them: it is a shared library that calls PyTorch's C++ library, and both have a C
interface, made to stay compatible.

Source: aoti_torch/c/shim.h and aoti_runtime/interface.h in the wheel's torch/csrc/inductor.
"""

import ctypes
import os
from collections.abc import Callable
from ctypes import POINTER, byref, c_char_p, c_int32, c_int64, c_size_t, c_void_p
from importlib.util import find_spec
from typing import Any

from engines.errors import ModelError, RunError

CPU = 0  # c10::DeviceType
LIBRARY = os.path.join("lib", "libtorch_cpu.so")
INT64S = POINTER(c_int64)
# Arguments of the functions that return a status, which is 0 for success.
CALLS: dict[str, tuple[Any, ...]] = {
    "aoti_torch_create_tensor_from_blob": (
        *(c_char_p, c_int64, INT64S, INT64S, c_int64),
        *(c_int32, c_int32, c_int32, c_void_p),
    ),
    "aoti_torch_empty_strided": (c_int64, INT64S, INT64S, c_int32, c_int32, c_int32, c_void_p),
    "aoti_torch_copy_": (c_void_p, c_void_p, c_int32),
    "aoti_torch_get_dim": (c_void_p, c_void_p),
    "aoti_torch_get_sizes": (c_void_p, c_void_p),
    "aoti_torch_get_data_ptr": (c_void_p, c_void_p),
    "aoti_torch_get_dtype": (c_void_p, c_void_p),
    "aoti_torch_is_contiguous": (c_void_p, c_void_p),
    "aoti_torch_delete_tensor_object": (c_void_p,),
}
# The same of a network's library.
NETWORK_CALLS: dict[str, tuple[Any, ...]] = {
    "AOTInductorModelContainerCreateWithDevice": (c_void_p, c_size_t, c_char_p, c_char_p),
    "AOTInductorModelContainerRun": (
        *(c_void_p, c_void_p, c_size_t, c_void_p, c_size_t),
        *(c_void_p, c_void_p),
    ),
}


class Torch:
    """The functions of PyTorch's library."""

    def __init__(self, threads: int) -> None:
        """Load the library and find the functions.

        Args:
            threads: of OpenMP, for the first that loads the library in this process.

        Raises:
            ModelError: the library is not installed, or has not all of the functions.
        """
        # Read by OpenMP when the library is loaded. at::set_num_threads would do, but it is C++.
        os.environ["OMP_NUM_THREADS"] = str(threads)
        # Global, since a network's library looks for PyTorch's functions in the whole process.
        self._library = opened(_path(), ctypes.RTLD_GLOBAL)
        self._calls = functions(self._library, CALLS)
        self._what = self._library.torch_exception_get_what_without_backtrace
        self._what.restype = c_char_p

    def version(self) -> str:
        """Tell which PyTorch the library is of, such as 2.13."""
        function = self._library.aoti_torch_abi_version
        function.restype = ctypes.c_uint64
        number = function()
        return f"{number >> 56}.{number >> 48 & 255}"

    def dtype(self, kind: str) -> int:
        """The library's number of a kind of elements."""
        number: int = self._library[f"aoti_torch_dtype_{kind}"]()
        return number

    def call(self, name: str, *arguments: Any) -> None:
        """Call a function of `CALLS`.

        Raises:
            RunError: it did not succeed.
        """
        if self._calls[name](*arguments):
            raise RunError(first_line(self._what()) or f"PyTorch refused the call {name}")

    def get(self, name: str, tensor: Any, of: Any = c_void_p) -> Any:
        """Call a function of `CALLS` whose last argument is where it puts its result."""
        result = of()
        self.call(name, tensor, byref(result))
        return result.value if of is not INT64S else result

    def delete(self, tensor: Any) -> None:
        """Free a tensor; null is none."""
        if tensor:
            self.call("aoti_torch_delete_tensor_object", tensor)


def opened(path: str, mode: int = ctypes.DEFAULT_MODE) -> ctypes.CDLL:
    """A shared library.

    Raises:
        ModelError: the file is missing, or not a shared library of this machine.
    """
    try:
        return ctypes.CDLL(path, mode)
    except OSError as error:
        raise ModelError(f"cannot load {os.path.basename(path)}: {error}") from error


def functions(
    library: ctypes.CDLL, prototypes: dict[str, tuple[Any, ...]]
) -> dict[str, Callable[..., int]]:
    """The functions of a library by their names.

    Raises:
        ModelError: one is missing.
    """
    found: dict[str, Callable[..., int]] = {}
    for name, arguments in prototypes.items():
        try:
            function = library[name]
        except AttributeError as error:
            raise ModelError(f"{os.path.basename(library._name)} has no function {name}") from error
        function.argtypes = arguments
        found[name] = function
    return found


def first_line(message: bytes | None) -> str:
    """What happened, without where in C++ it did."""
    return (message or b"").decode(errors="replace").partition("\n")[0]


def _path() -> str:
    """The library in the wheel, whose package is not imported."""
    package = find_spec("torch")
    folders = package.submodule_search_locations if package else None
    if not folders:
        raise ModelError("torch is not installed: pip install -r requirements.txt")
    return os.path.join(folders[0], LIBRARY)
