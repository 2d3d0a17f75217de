"""Networks that are compiled once for all tests, and how they are run."""

import ctypes
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from torch import Generator
from torch import Tensor as TorchTensor

from engines.tensor import Port, Tensor
from engines.torch import Network
from engines.torch.build import compiling, exporting
from engines.torch.build.description import Described
from engines.torch.card import write_card

COMPILER = shutil.which("g++") is not None
WHY = "needs a C++ compiler (Debian, Ubuntu: sudo apt-get install g++)"
needs_compiler = pytest.mark.skipif(not COMPILER, reason=WHY)


class Compiled(NamedTuple):
    """A network, described and compiled."""

    described: Described
    path: Path
    network: Network

    def drawn(self, sizes: Mapping[str, int], seed: int = 0) -> list[TorchTensor]:
        """Random inputs of these sizes."""
        generator = Generator().manual_seed(seed)
        return [given.random(sizes, generator) for given in self.described.inputs.values()]

    def run(self, inputs: list[TorchTensor]) -> dict[str, TorchTensor]:
        """The compiled network's outputs, by name."""
        made = self.network.run([ours(tensor) for tensor in inputs])
        ports = self.network.outputs
        return {port.name: theirs(port, out) for port, out in zip(ports, made, strict=True)}


def compile_into(folder: Path, described: Described) -> Compiled:
    """Compile a network into a folder."""
    if not COMPILER:
        pytest.skip(WHY)
    program = exporting.exported(described)
    card = exporting.card(described, program)
    path = folder / "network.so"
    compiling.compile_to(program, path)
    exporting.check_open(described, program)
    write_card(card, path)
    return Compiled(described, path, Network(path, threads=2))


def ours(tensor: TorchTensor) -> Tensor:
    """A tensor of PyTorch as the engines have it."""
    tensor = tensor.contiguous()
    bytes_count = tensor.numel() * tensor.element_size()
    content = ctypes.string_at(tensor.data_ptr(), bytes_count) if bytes_count else b""
    return Tensor(tuple(tensor.shape), content)


def theirs(port: Port, tensor: Tensor) -> TorchTensor:
    """A tensor of the engines as PyTorch has it."""
    dtype = getattr(torch, port.kind.name)
    assert isinstance(tensor.content, bytes)
    if not tensor.content:
        return torch.empty(tensor.shape, dtype=dtype)
    return torch.frombuffer(bytearray(tensor.content), dtype=dtype).view(tensor.shape)
