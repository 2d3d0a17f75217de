"""A model that LiteRT has loaded: what it takes, what it gives, and running it."""

import ctypes
import os
from collections.abc import Sequence
from ctypes import c_int, c_size_t, c_void_p
from math import prod
from typing import Any

from engines.errors import ModelError, RunError
from engines.litert.api import CPU, Api, Layout
from engines.litert.memory import Memory
from engines.litert.ports import Side, read_side
from engines.tensor import Port, Tensor
from engines.threads import vcpus

MAGIC_PLACE, MAGIC = 4, b"TFL3"
SERVING = "serving_default"  # the signature of a converted Keras model
CPU_OPTIONS = b"xnnpack"
# For sizes that the model leaves open, until it takes one: convolutions refuse images of 1 pixel.
WARM_UP_SIZES = (1, 8, 64)
MAX_WARM_UP_ELEMENTS = 10**7
Shapes = list[tuple[int, ...]]


class Model:
    """A model, held for as long as the process lives; it computes one run at a time.

    Attributes:
        input_quantisation: of each of `inputs`, a `Quantisation`, or None.
        output_quantisation: of each of `outputs`.
    """

    def __init__(
        self, model: str | os.PathLike[str], threads: int | None = None, signature: str = ""
    ) -> None:
        """Load a model and run it once on zeros, so that the first run finds everything warm.

        Args:
            model: a `.tflite` file.
            threads: of one operator, at least 1; by default one for each vCPU.
            signature: the key of one of the model's signatures; may be empty where there is one,
                or where one is called `serving_default`.

        Raises:
            ModelError: the file is missing, needs operators that LiteRT does not have, or has
                tensors that are not served; or LiteRT is not installed.
        """
        name = os.path.basename(os.fsdecode(model))
        _check_file(model, name)
        self._api, self._model = Api(), None
        try:
            self._load(model, threads or vcpus(), signature)
        except RunError as error:
            raise ModelError(f"{name} cannot be loaded: {self._reason(error)}") from error

    def _load(self, model: str | os.PathLike[str], threads: int, signature: str) -> None:
        environment = self._api.environment()
        self._model = self._api.get("CreateModelFromFile", environment, os.fsencode(model))
        self._index, chosen = self._signature(signature)
        self._sides = tuple(read_side(self._api, chosen, side) for side in ("Input", "Output"))
        (self.inputs, _, self.input_quantisation, _) = self._sides[0]
        (self.outputs, _, self.output_quantisation, _) = self._sides[1]
        options = self._options(threads)
        self._compiled = self._api.get("CreateCompiledModel", environment, self._model, options)
        self._shapes: Shapes | None = None
        self._memory: tuple[list[Memory], list[Memory]] = [], []
        self._warm_up()

    def about(self) -> dict[str, Any]:
        """Describe the engine and the ports, for the model card."""
        from engines.about import about

        return about(self)

    def run(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """Compute the outputs, in the order of `outputs`, from a tensor for each of `inputs`.

        Raises:
            RunError: the model cannot take these shapes, or there is no memory.
        """
        _check(self.inputs, tensors)
        shapes = [tensor.shape for tensor in tensors]
        if shapes != self._shapes:
            self._shapes = None
            self._resize(shapes)
            self._shapes = shapes
        inputs, outputs = self._memory
        for memory, tensor in zip(inputs, tensors, strict=True):
            memory.write(tensor.content)  # type: ignore[arg-type]  # it is bytes: _check
        sides = ((len(side), _buffers(side)) for side in self._memory)
        self._api.call("RunCompiledModel", self._compiled, self._index, *next(sides), *next(sides))
        return [memory.read() for memory in outputs]

    def _signature(self, wanted: str) -> tuple[int, Any]:
        """Find a signature; LiteRT makes one of a model that has none."""
        count = self._api.get("GetNumModelSignatures", self._model, of=c_size_t)
        found = [self._api.get("GetModelSignature", self._model, index) for index in range(count)]
        keys = [self._api.text("GetSignatureKey", signature) for signature in found]
        key = wanted or (keys[0] if count == 1 else SERVING)
        if key not in keys:
            there = ", ".join(keys)
            raise ModelError(f"the model has no signature {key}, but {there}: name one of them")
        return keys.index(key), found[keys.index(key)]

    def _options(self, threads: int) -> Any:
        options = self._api.get("CreateOptions")
        self._api.call("SetOptionsHardwareAccelerators", options, CPU)
        self._settings = ctypes.create_string_buffer(b"num_threads = %d\n" % threads)
        self._free = ctypes.CFUNCTYPE(None, c_void_p)(lambda _: None)  # Python frees the settings
        settings = CPU_OPTIONS, self._settings, self._free
        opaque = self._api.get("CreateOpaqueOptions", *settings)
        self._api.call("AddOpaqueOptions", options, opaque)
        return options

    def _resize(self, shapes: Shapes) -> None:
        """Prepare the model for inputs of other shapes."""
        place = self._compiled, self._index
        for index, (port, shape) in enumerate(zip(self.inputs, shapes, strict=True)):
            if "" in (port.shape or ()):
                sizes = (c_int * len(shape))(*shape)
                self._api.call("CompiledModelResizeInputTensor", *place, index, sizes, len(shape))
        layouts = (Layout * len(self.outputs))()
        name = "GetCompiledModelOutputTensorLayouts"
        self._api.call(name, *place, len(layouts), layouts, True)
        for memory in {*self._memory[0], *self._memory[1]}:
            memory.release()
        made: dict[int, Memory] = {}
        wanted = shapes, [layout.shape for layout in layouts]
        inputs, outputs = map(self._made, (made, made), self._sides, wanted)
        self._memory = inputs, outputs

    def _made(self, made: dict[int, Memory], side: Side, shapes: Shapes) -> list[Memory]:
        """Make the memory of each tensor once: LiteRT would write it to one place of several."""
        for port, type_, tensor, shape in zip(
            side.ports, side.types, side.tensors, shapes, strict=True
        ):
            if tensor not in made:
                made[tensor] = Memory(self._api, port, type_.resized(shape))
        return [made[tensor] for tensor in side.tensors]

    def _warm_up(self) -> None:
        """Run on zeros, in sizes that the model takes where it leaves them open."""
        for size in WARM_UP_SIZES:
            tensors = [_zeros(port, size) for port in self.inputs]
            if sum(prod(tensor.shape) for tensor in tensors) > MAX_WARM_UP_ELEMENTS:
                return
            try:
                self.run(tensors)
                return
            except RunError:
                is_last = size == WARM_UP_SIZES[-1]
                if is_last or all("" not in (port.shape or ()) for port in self.inputs):
                    raise

    def _reason(self, error: RunError) -> str:
        """Say why LiteRT refused a model: most often an operator is to blame."""
        from engines.litert.blame import blamed

        return (blamed(self._api, self._model) if self._model else "") or str(error)


def _buffers(memories: Sequence[Memory]) -> Any:
    return (c_void_p * len(memories))(*(memory.buffer for memory in memories))


def _zeros(port: Port, open_size: int) -> Tensor:
    shape = tuple(size if isinstance(size, int) else open_size for size in port.shape or ())
    return Tensor(shape, bytes(prod(shape) * port.kind.element_bytes))


def _check_file(model: str | os.PathLike[str], name: str) -> None:
    if not os.path.isfile(model):
        raise ModelError(f"{name} is missing")
    with open(model, "rb") as file:
        head = file.read(MAGIC_PLACE + len(MAGIC))
    if head[MAGIC_PLACE:] != MAGIC:
        raise ModelError(f"{name} is not a TensorFlow Lite model: its converter writes .tflite")


def _check(ports: Sequence[Port], tensors: Sequence[Tensor]) -> None:
    """Check what LiteRT would read unchecked: shapes, and the bytes behind them."""
    if len(tensors) != len(ports):
        raise RunError(f"the model takes {len(ports)} tensors, got {len(tensors)}")
    for port, (shape, content) in zip(ports, tensors, strict=True):
        wanted = port.shape or ()
        fits = len(shape) == len(wanted) and min(shape, default=1) > 0
        if not fits or any(b not in ("", a) for a, b in zip(shape, wanted, strict=True)):
            raise RunError(f"{port.name} is {port}, got the shape {list(shape)}")
        expected = prod(shape) * port.kind.element_bytes
        if not isinstance(content, bytes) or len(content) != expected:
            kind = port.kind.name
            raise RunError(f"{port.name} of shape {list(shape)} is {expected} bytes of {kind}")
