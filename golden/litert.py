"""LiteRT's own package: its `Interpreter`."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ai_edge_litert.interpreter import Interpreter

from golden.networks import Array, Port


class Network:
    """A model, loaded by the package; with a signature its names are those of the signature."""

    def __init__(self, path: str) -> None:
        """Load a `.tflite` file."""
        self._interpreter = Interpreter(path, num_threads=1)
        signatures = self._interpreter.get_signature_list()
        key = next(iter(signatures), None) if len(signatures) < 2 else "serving_default"
        self._runner = self._interpreter.get_signature_runner(key) if key else None
        if self._runner:
            self._inputs = self._runner.get_input_details()
            self._outputs = self._runner.get_output_details()
        else:
            self._inputs = _by_name(self._interpreter.get_input_details())
            self._outputs = _by_name(self._interpreter.get_output_details())
        self.inputs = [_port(*item) for item in self._inputs.items()]
        self.outputs = [_port(*item) for item in self._outputs.items()]

    def run(self, arrays: Sequence[Array]) -> list[Array]:
        """Compute the outputs from an array for each input; open sizes become the arrays'."""
        named = dict(zip(self._inputs, arrays, strict=True))
        if self._runner:
            computed = self._runner(**named)
            return [computed[name] for name in self._outputs]
        for name, array in named.items():
            place = self._inputs[name]["index"]
            if tuple(self._inputs[name]["shape"]) != array.shape:
                self._interpreter.resize_tensor_input(place, array.shape, strict=True)
        self._interpreter.allocate_tensors()
        for name, array in named.items():
            self._interpreter.set_tensor(self._inputs[name]["index"], array)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(one["index"]) for one in self._outputs.values()]


def _by_name(details: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in details}


def _port(name: str, details: dict[str, Any]) -> Port:
    scale, zero_point = details["quantization"]
    shape = tuple(None if size < 0 else int(size) for size in details["shape_signature"])
    return Port(name, details["dtype"].__name__.rstrip("_"), shape, float(scale), int(zero_point))


class _Named(NamedTuple):
    """An input or an output, in the words of ONNX Runtime's package."""

    name: str
    type: str
    shape: Sequence[int | None]


class _Session:
    """A model with the methods of ONNX Runtime's package, which `golden.tensors` calls."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def get_inputs(self) -> list[_Named]:
        return [_Named(port.name, port.type, port.shape) for port in self._network.inputs]

    def get_outputs(self) -> list[_Named]:
        return [_Named(port.name, port.type, port.shape) for port in self._network.outputs]

    def run(self, names: Sequence[str], inputs: Mapping[str, Array]) -> list[Array]:
        return self._network.run([inputs[port.name] for port in self._network.inputs])


def session(path: str) -> _Session:
    """Load a `.tflite` file, for `golden.tensors`."""
    return _Session(Network(path))
