"""A network that PyTorch's AOTInductor compiled: what it takes, what it gives, and running it."""

import ctypes
import os
from collections.abc import Sequence
from ctypes import byref, c_bool, c_char_p, c_int32, c_int64, c_void_p
from math import prod
from typing import Any

from engines.errors import ModelError, RunError
from engines.tensor import Port, Tensor
from engines.threads import vcpus
from engines.torch.card import read_card
from engines.torch.checks import check
from engines.torch.library import (
    CPU,
    INT64S,
    NETWORK_CALLS,
    Torch,
    first_line,
    functions,
    opened,
)


class Network:
    """A compiled network, held for as long as the process lives.

    Attributes:
        inputs: what it takes, in the order of `run`.
        outputs: what it gives; a size that depends on the inputs has an empty name.
        sizes: the least and the largest of each size that is open, by its name in the shapes.
    """

    def __init__(self, path: str | os.PathLike[str], threads: int | None = None) -> None:
        """Load what `engines.torch.build` wrote.

        Args:
            path: the shared library, with the weights in it; its card lies beside it.
            threads: of a run, at least 1; by default one for each vCPU that comes with the
                memory. The first network of a process sets it for all.

        Raises:
            ModelError: a file is missing or damaged, or of another PyTorch than the one installed.
        """
        library = os.path.abspath(path)
        card = read_card(library)
        self.inputs = [port.port() for port in card.inputs]
        self.outputs = [port.port() for port in card.outputs]
        self.sizes = card.sizes
        self._torch = Torch(threads or vcpus())
        self._check_version(card.torch)
        self._dtypes = {
            port.kind.name: self._torch.dtype(port.kind.name)
            for port in (*self.inputs, *self.outputs)
        }
        self._network = opened(library)
        self._calls = functions(self._network, NETWORK_CALLS)
        self._handle = self._created()

    def about(self) -> dict[str, Any]:
        """Describe the engine and the ports, for the model card."""
        from engines.about import about

        return about(self)

    def run(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """Compute the outputs, in the order of `outputs`, from a tensor for each of `inputs`.

        Raises:
            RunError: a tensor does not fit, or the network failed while it computed.
        """
        check(self.inputs, self.sizes, tensors)
        outputs = (c_void_p * len(self.outputs))()
        try:
            inputs = self._handles(tensors)
            self._call(  # which takes the inputs over, and deletes them
                "AOTInductorModelContainerRun",
                *(self._handle, inputs, len(inputs), outputs, len(outputs), None, None),
            )
            return [
                self._tensor(port, output)
                for port, output in zip(self.outputs, outputs, strict=True)
            ]
        finally:
            for output in outputs:
                self._torch.delete(output)

    def _check_version(self, compiled: str) -> None:
        installed = self._torch.version()
        if compiled != installed:
            rule = "build it with the version that the image has"
            raise ModelError(f"torch {compiled} compiled the network, {installed} is here: {rule}")

    def _created(self) -> c_void_p:
        handle = c_void_p()
        name = "AOTInductorModelContainerCreateWithDevice"
        try:
            self._call(name, byref(handle), 1, b"cpu", None)
        except RunError as error:
            raise ModelError(f"PyTorch cannot load the network: {error}") from error
        return handle

    def _call(self, name: str, *arguments: Any) -> None:
        if self._calls[name](*arguments):
            message = c_char_p()
            self._network.AOTInductorGetLastError(byref(message))
            raise RunError(first_line(message.value) or "the network failed; the log says why")

    def _handles(self, tensors: Sequence[Tensor]) -> Any:
        """Tensors of PyTorch that read the bytes where they are: those must outlive them."""
        handles = (c_void_p * len(tensors))()
        try:
            for index, (port, tensor) in enumerate(zip(self.inputs, tensors, strict=True)):
                handles[index] = self._input(port, tensor)
        except RunError:
            for handle in handles:
                self._torch.delete(handle)
            raise
        return handles

    def _input(self, port: Port, tensor: Tensor) -> int | None:
        handle = c_void_p()
        self._torch.call(
            "aoti_torch_create_tensor_from_blob",
            tensor.content,
            *(len(tensor.shape), *_sizes_and_strides(tensor.shape)),
            *(0, self._dtypes[port.kind.name], CPU, 0),
            byref(handle),
        )
        return handle.value

    def _tensor(self, port: Port, handle: Any) -> Tensor:
        rank = self._torch.get("aoti_torch_get_dim", handle, of=c_int64)
        shape = tuple(self._torch.get("aoti_torch_get_sizes", handle, of=INT64S)[:rank])
        number = self._torch.get("aoti_torch_get_dtype", handle, of=c_int32)
        if number != self._dtypes[port.kind.name]:
            raise RunError(f"the network gave {port.name} as another type than {port.kind.name}")
        if self._torch.get("aoti_torch_is_contiguous", handle, of=c_bool):
            return Tensor(shape, self._content(port, shape, handle))
        copy = self._row_major(handle, shape, number)
        try:
            return Tensor(shape, self._content(port, shape, copy))
        finally:
            self._torch.delete(copy)

    def _content(self, port: Port, shape: tuple[int, ...], handle: Any) -> bytes:
        bytes_count = prod(shape) * port.kind.element_bytes
        address = self._torch.get("aoti_torch_get_data_ptr", handle)
        return ctypes.string_at(address, bytes_count) if bytes_count else b""

    def _row_major(self, handle: Any, shape: tuple[int, ...], number: int) -> c_void_p:
        """A copy of a tensor whose elements lie in another order, such as a transposed one."""
        copy = c_void_p()
        layout = _sizes_and_strides(shape)
        self._torch.call(
            "aoti_torch_empty_strided", len(shape), *layout, number, CPU, 0, byref(copy)
        )
        try:
            self._torch.call("aoti_torch_copy_", copy, handle, 0)
        except RunError:
            self._torch.delete(copy)
            raise
        return copy


def _sizes_and_strides(shape: tuple[int, ...]) -> tuple[Any, Any]:
    numbers = c_int64 * len(shape)
    strides = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
    return numbers(*shape), numbers(*strides)
