"""Makes `.tflite` files of a few operators, with the schema of the package ai-edge-litert alone."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

TYPES = {
    "float32": schema.TensorType.FLOAT32,
    "float16": schema.TensorType.FLOAT16,
    "float64": schema.TensorType.FLOAT64,
    "int8": schema.TensorType.INT8,
    "int16": schema.TensorType.INT16,
    "int32": schema.TensorType.INT32,
    "int64": schema.TensorType.INT64,
    "uint8": schema.TensorType.UINT8,
    "uint16": schema.TensorType.UINT16,
    "uint32": schema.TensorType.UINT32,
    "uint64": schema.TensorType.UINT64,
    "bool": schema.TensorType.BOOL,
    "string": schema.TensorType.STRING,
    "int4": schema.TensorType.INT4,
    "complex64": schema.TensorType.COMPLEX64,
}


class Spec(NamedTuple):
    """A tensor of a model; sizes that are None are open."""

    name: str
    type: str
    shape: Sequence[int | None]
    value: Any = None  # of a constant
    scale: float | None = None
    zero_point: int = 0


class Step(NamedTuple):
    """An operator: its name in the schema, and the names of what it takes and gives."""

    operator: str
    takes: Sequence[str]
    gives: Sequence[str]
    custom: str = ""
    options: Any = None  # of the schema's object interface
    version: int = 1


class Signature(NamedTuple):
    """A signature: for each name that callers use the tensor's own."""

    key: str
    inputs: dict[str, str]
    outputs: dict[str, str]


def tflite(
    tensors: Sequence[Spec],
    steps: Sequence[Step],
    inputs: Sequence[str],
    outputs: Sequence[str],
    signatures: Sequence[Signature] = (),
) -> bytes:
    """The file of a model of one graph."""
    model = schema.ModelT()
    model.version = 3
    model.buffers = [schema.BufferT()]
    places = {spec.name: place for place, spec in enumerate(tensors)}
    graph = schema.SubGraphT()
    graph.tensors = [_tensor(model, spec) for spec in tensors]
    graph.inputs = [places[name] for name in inputs]
    graph.outputs = [places[name] for name in outputs]
    graph.operators = []
    model.operatorCodes = []
    for step in steps:
        graph.operators.append(_operator(model, step, places))
    model.subgraphs = [graph]
    model.signatureDefs = [_signature(signature, places) for signature in signatures]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _tensor(model: Any, spec: Spec) -> Any:
    tensor = schema.TensorT()
    tensor.name, tensor.type = spec.name.encode(), TYPES[spec.type]
    tensor.shape = [size or 1 for size in spec.shape]
    if None in spec.shape:
        tensor.hasRank = True
        tensor.shapeSignature = [-1 if size is None else size for size in spec.shape]
    tensor.buffer = 0
    if spec.value is not None:
        buffer = schema.BufferT()
        buffer.data = list(np.asarray(spec.value, spec.type).tobytes())
        model.buffers.append(buffer)
        tensor.buffer = len(model.buffers) - 1
    if spec.scale is not None:
        tensor.quantization = schema.QuantizationParametersT()
        tensor.quantization.scale = [spec.scale]
        tensor.quantization.zeroPoint = [spec.zero_point]
    return tensor


def _operator(model: Any, step: Step, places: dict[str, int]) -> Any:
    code = schema.OperatorCodeT()
    code.builtinCode = getattr(schema.BuiltinOperator, step.operator)
    code.deprecatedBuiltinCode = min(code.builtinCode, 127)
    code.version = step.version
    if step.custom:
        code.customCode = step.custom.encode()
    model.operatorCodes.append(code)
    operator = schema.OperatorT()
    operator.opcodeIndex = len(model.operatorCodes) - 1
    operator.inputs = [places[name] for name in step.takes]
    operator.outputs = [places[name] for name in step.gives]
    if step.options is not None:
        name = type(step.options).__name__.removesuffix("T")
        operator.builtinOptionsType = getattr(schema.BuiltinOptions, name)
        operator.builtinOptions = step.options
    return operator


def _signature(signature: Signature, places: dict[str, int]) -> Any:
    made = schema.SignatureDefT()
    made.signatureKey = signature.key.encode()
    made.inputs = [_mapped(name, places[own]) for name, own in signature.inputs.items()]
    made.outputs = [_mapped(name, places[own]) for name, own in signature.outputs.items()]
    return made


def _mapped(name: str, place: int) -> Any:
    tensor = schema.TensorMapT()
    tensor.name, tensor.tensorIndex = name.encode(), place
    return tensor


def added(kind: str = "float32", shape: Sequence[int | None] = (None, 3)) -> bytes:
    """A model of one addition: left and right to sum."""
    names = ("left", "right", "sum")
    options = schema.AddOptionsT()
    return tflite(
        [Spec(name, kind, shape) for name in names],
        [Step("ADD", names[:2], names[2:], options=options)],
        names[:2],
        names[2:],
    )


def cast(source: str, target: str) -> bytes:
    """A model that turns elements of one type into those of another."""
    options = schema.CastOptionsT()
    options.inDataType, options.outDataType = TYPES[source], TYPES[target]
    specs = [Spec("from", source, (None, 2)), Spec("to", target, (None, 2))]
    return tflite(specs, [Step("CAST", ["from"], ["to"], options=options)], ["from"], ["to"])
