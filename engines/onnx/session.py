"""A model that ONNX Runtime has loaded: what it takes, what it gives, and running it."""

import os
from collections.abc import Sequence
from ctypes import c_char_p, c_void_p
from typing import Any

from engines.errors import ModelError, RunError
from engines.onnx.api import Api
from engines.onnx.ports import ports
from engines.onnx.values import Values
from engines.tensor import Port, Tensor
from engines.threads import vcpus

LOG_FATAL = 4  # OrtLoggingLevel: what fails is raised, and needs no line of its own
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
        name = os.path.basename(os.fsdecode(model))
        if not os.path.isfile(model):
            raise ModelError(f"{name} is missing: copy your model to where the app looks for it")
        self._api = Api()
        try:
            self._load(model, threads or vcpus())
        except RunError as error:
            raise ModelError(f"{name} cannot be loaded: {error}") from error
        self.inputs = ports(self._api, self._session, self._values.allocator, "Input")
        self.outputs = ports(self._api, self._session, self._values.allocator, "Output")
        self._input_names = _names(self.inputs)
        self._output_names = _names(self.outputs)

    def _load(self, model: str | os.PathLike[str], threads: int) -> None:
        environment = self._api.get("CreateEnv", LOG_FATAL, b"")
        self._values = Values(self._api)
        options = self._api.get("CreateSessionOptions")
        self._api.call("SetIntraOpNumThreads", options, threads)
        self._api.call("AddSessionConfigEntry", options, *WAITING_THREADS_SLEEP)
        self._session = self._api.get("CreateSession", environment, os.fsencode(model), options)
        self._api.release("SessionOptions", options)

    def about(self) -> dict[str, Any]:
        """Describe the engine and the ports, for the model card."""
        from engines.about import about

        return about(self)

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
                inputs[index] = self._value(port, tensor)
            self._api.call(
                "Run",
                self._session,
                None,
                *(self._input_names, inputs, len(inputs)),
                *(self._output_names, len(outputs), outputs),
            )
            return [self._tensor(*given) for given in zip(self.outputs, outputs, strict=True)]
        finally:
            for value in (*inputs, *outputs):
                self._api.release("Value", value)

    def _value(self, port: Port, tensor: Tensor) -> Any:
        if not port.items and not port.keys:
            return self._values.make(port.kind, tensor)
        from engines.onnx.containers import make

        return make(self._api, self._values, port, tensor)

    def _tensor(self, port: Port, value: Any) -> Tensor:
        if not port.items and not port.keys:
            return self._values.read(value)
        from engines.onnx.containers import read

        return read(self._api, self._values, port, value)


def _names(ports: Sequence[Port]) -> Any:
    return (c_char_p * len(ports))(*(port.name.encode() for port in ports))
