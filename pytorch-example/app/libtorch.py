"""PyTorch's C interface, as much of it as running a compiled network needs.

`import torch` takes a second and a thousand modules. A network that PyTorch's AOTInductor compiled
needs none of them: it is a shared library that calls PyTorch's C++ library, and both have a C
interface, made to stay compatible. The tests compare the percentages with those of an eager
forward pass; the README has what each way costs.

Source: aoti_runtime/interface.h and aoti_torch/c/shim.h in the wheel's torch/csrc/inductor.
"""

import ctypes
import os
from collections.abc import Sequence
from importlib.util import find_spec
from math import prod

CPU = 0  # c10::DeviceType


class NetworkError(RuntimeError):
    """PyTorch refused a call; it writes its reason to standard error."""


class Network:
    """A compiled network, held for as long as the process lives: uint8 in, float32 out."""

    def __init__(self, path: str | os.PathLike[str], shape: Sequence[int], threads: int) -> None:
        """Loads what `export/` compiled.

        Args:
            path: a shared library that AOTInductor made, with the weights in it.
            shape: of the input that it was compiled for; it does not check that itself.
            threads: OpenMP threads of a run, at least 1.

        Raises:
            NetworkError: PyTorch's library is not installed, or cannot take the network.
            OSError: the file is missing, or is no shared library.
        """
        self._shape = tuple(shape)
        self._torch = _library()
        self._torch._ZN2at15set_num_threadsEi(threads)  # at::set_num_threads(int)
        self._network = ctypes.CDLL(os.fspath(path))
        self._handle = ctypes.c_void_p()
        create = self._network.AOTInductorModelContainerCreateWithDevice
        _check(create(ctypes.byref(self._handle), ctypes.c_size_t(1), b"cpu", None))

    def run(self, values: bytes) -> list[float]:
        """Runs the network.

        Args:
            values: uint8, in C order, as many as the network's shape says.

        Returns:
            the output's numbers, in C order.

        Raises:
            NetworkError: there are more or fewer values.
        """
        if len(values) != prod(self._shape):
            raise NetworkError(f"{len(values)} values are not of the shape {self._shape}")
        tensor, output, one = self._tensor(values), ctypes.c_void_p(), ctypes.c_size_t(1)
        run = self._network.AOTInductorModelContainerRun  # takes the input over, and deletes it
        status = run(self._handle, ctypes.byref(tensor), one, ctypes.byref(output), one, None, None)
        _check(status)
        try:
            return self._numbers(output)
        finally:
            _check(self._torch.aoti_torch_delete_tensor_object(output))

    def _tensor(self, values: bytes) -> ctypes.c_void_p:
        """A tensor that reads the bytes where they are: they must outlive it."""
        dimensions = len(self._shape)
        strides = [prod(self._shape[axis + 1 :]) for axis in range(dimensions)]
        lengths = ctypes.c_int64 * dimensions
        tensor = ctypes.c_void_p()
        _check(
            self._torch.aoti_torch_create_tensor_from_blob(
                ctypes.c_char_p(values),
                ctypes.c_int64(dimensions),
                lengths(*self._shape),
                lengths(*strides),
                ctypes.c_int64(0),
                self._torch.aoti_torch_dtype_uint8(),
                CPU,
                0,
                ctypes.byref(tensor),
            )
        )
        return tensor

    def _numbers(self, tensor: ctypes.c_void_p) -> list[float]:
        count, data = ctypes.c_int64(), ctypes.POINTER(ctypes.c_float)()
        _check(self._torch.aoti_torch_get_numel(tensor, ctypes.byref(count)))
        _check(self._torch.aoti_torch_get_data_ptr(tensor, ctypes.byref(data)))
        return data[: count.value]


def _check(status: int) -> None:
    if status != 0:
        raise NetworkError("PyTorch refused the call: its reason is in the log, above this")


def _library() -> ctypes.CDLL:
    """Loads the library out of the wheel without importing the wheel's package."""
    package = find_spec("torch")
    if package is None or not package.submodule_search_locations:
        raise NetworkError("torch is not installed: pip install -r requirements.txt")
    (folder,) = package.submodule_search_locations
    # Global, since the network's library looks for PyTorch's functions in the whole process.
    return ctypes.CDLL(f"{folder}/lib/libtorch_cpu.so", mode=ctypes.RTLD_GLOBAL)
