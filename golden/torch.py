"""PyTorch itself: an exported program, not compiled.

The file was looked at before (`engines.torch.build.program`), and its card lies beside it.
"""

import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch.utils._pytree import tree_leaves, tree_unflatten

from golden.networks import Array, Port

CARD = "network.json"


class Network:
    """A program, loaded by the package."""

    def __init__(self, path: str) -> None:
        """Load a `.pt2` file."""
        card = json.loads(Path(path).with_name(CARD).read_bytes())
        self._card, self._sizes = card, card["sizes"]
        with warnings.catch_warnings(action="ignore"):
            self._program = torch.export.load(path)
        self._called = self._program.module()
        self.inputs = [_port(port) for port in card["inputs"]]
        self.outputs = [_port(port) for port in card["outputs"]]

    def named_shape(self, side: str, place: int) -> list[int | str]:
        """The shape of an input or an output, with the names of its open sizes."""
        shape: list[int | str] = self._card[side][place]["shape"]
        return shape

    def run(self, arrays: Sequence[Array]) -> list[Array]:
        """Compute the outputs from an array for each input.

        Raises:
            ValueError: one is not within the bounds of sizes or numbers that are compiled.
        """
        for port, array in zip(self._card["inputs"], arrays, strict=True):
            self._check(port, array)
        given = map(torch.from_numpy, map(np.ascontiguousarray, arrays))
        flat = [fixed[0] if fixed else next(given) for fixed in self._fixed()]
        args, kwargs = tree_unflatten(flat, self._program.call_spec.in_spec)
        with torch.inference_mode():
            return [output.numpy() for output in tree_leaves(self._called(*args, **kwargs))]

    def _fixed(self) -> list[tuple[Any, ...]]:
        """Of each input the number that it is in the program; nothing of a tensor."""
        specs = self._program.graph_signature.input_specs
        given = [spec.arg for spec in specs if spec.kind.name == "USER_INPUT"]
        return [(one.value,) if hasattr(one, "value") else () for one in given]

    def _check(self, port: dict[str, Any], array: Array) -> None:
        for size, wanted in zip(array.shape, port["shape"], strict=True):
            least, largest = self._sizes.get(wanted, (wanted, wanted))
            if not least <= size <= largest:
                raise ValueError(f"{port['name']}: {wanted} is {least} to {largest}")
        least, largest = port["values"] or (-np.inf, np.inf)
        if array.size and not least <= array.min() <= array.max() <= largest:
            raise ValueError(f"{port['name']} is {least} to {largest}")


def _port(port: dict[str, Any]) -> Port:
    shape = tuple(size if isinstance(size, int) else None for size in port["shape"])
    return Port(port["name"], port["kind"], shape)


class _Named(NamedTuple):
    """An input or an output, in the words of ONNX Runtime's package."""

    name: str
    type: str
    shape: Sequence[int | str]


class _Session:
    """A program with the methods of ONNX Runtime's package, which `golden.tensors` calls."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def get_inputs(self) -> list[_Named]:
        return self._named("inputs")

    def get_outputs(self) -> list[_Named]:
        return self._named("outputs")

    def run(self, names: Sequence[str], inputs: Mapping[str, Array]) -> list[Array]:
        return self._network.run([inputs[port.name] for port in self._network.inputs])

    def _named(self, side: str) -> list[_Named]:
        ports = getattr(self._network, side)
        shapes = [self._network.named_shape(side, place) for place in range(len(ports))]
        return [_Named(p.name, p.type, shape) for p, shape in zip(ports, shapes, strict=True)]


def session(path: str) -> _Session:
    """Load a `.pt2` file, for `golden.tensors`."""
    return _Session(Network(path))
