"""What a signature of a model takes and gives."""

from ctypes import c_int, c_size_t
from typing import Any, NamedTuple

from engines.errors import ModelError
from engines.litert.api import Api, PerTensor, TensorType
from engines.tensor import KINDS, Port

PER_TENSOR, NOT_QUANTISED = 1, 0  # of LiteRtQuantizationTypeId
# Of LiteRtElementType, by the numbers of KINDS.
ELEMENTS = {
    1: KINDS[1],  # float32
    2: KINDS[6],  # int32
    3: KINDS[2],  # uint8
    4: KINDS[7],  # int64
    6: KINDS[9],  # bool
    7: KINDS[5],  # int16
    9: KINDS[3],  # int8
    10: KINDS[10],  # float16
    11: KINDS[11],  # float64
    13: KINDS[13],  # uint64
    16: KINDS[12],  # uint32
    17: KINDS[4],  # uint16
}
NOT_SERVED = {
    0: "no type",
    5: "text",
    8: "complex64",
    12: "complex128",
    14: "TensorFlow's resource",
    15: "TensorFlow's variant",
    18: "int4",
    19: "bfloat16",
    20: "int2",
    21: "uint4",
}


class Quantisation(NamedTuple):
    """What the integers of a tensor stand for: scale * (integer - zero_point)."""

    scale: float
    zero_point: int


class Side(NamedTuple):
    """The inputs of a signature, or its outputs.

    Attributes:
        ports: in the order in which LiteRT takes or gives them.
        types: of each, as LiteRT has them.
        quantisation: of each; None where its numbers are what they are.
        tensors: of each, the address in the graph: two ports may share one.
    """

    ports: list[Port]
    types: list[TensorType]
    quantisation: list[Quantisation | None]
    tensors: list[int]


def read_side(api: Api, signature: Any, side: str) -> Side:
    """Read the `Input` or `Output` tensors of a signature.

    Raises:
        ModelError: one has elements that are not served, or no number of dimensions.
    """
    count = api.get(f"GetNumSignature{side}s", signature, of=c_size_t)
    found = Side([], [], [], [])
    for index in range(count):
        name = api.text(f"GetSignature{side}Name", signature, index)
        tensor = api.get(f"GetSignature{side}TensorByIndex", signature, index)
        type_ = _type(api, tensor, f"{side.lower()} {name}")
        shape = tuple(size if size >= 0 else "" for size in type_.shape)
        found.ports.append(Port(name, ELEMENTS[type_.element], shape))
        found.types.append(type_)
        found.quantisation.append(_quantisation(api, tensor))
        found.tensors.append(tensor.value)
    return found


def _type(api: Api, tensor: Any, what: str) -> TensorType:
    if api.get("GetTensorTypeId", tensor, of=c_int) != 0:
        raise ModelError(f"{what} has any number of dimensions: convert the model with a fixed one")
    type_: TensorType = api.get("GetRankedTensorType", tensor, of=TensorType)
    if type_.element not in ELEMENTS:
        kind = NOT_SERVED.get(type_.element, f"LiteRT's type {type_.element}")
        served = ", ".join(kind.name for kind in ELEMENTS.values())
        raise ModelError(f"{what} has elements of {kind}: convert the model with one of {served}")
    return type_


def _quantisation(api: Api, tensor: Any) -> Quantisation | None:
    if api.get("GetQuantizationTypeId", tensor, of=c_int) != PER_TENSOR:
        return None
    found = api.get("GetPerTensorQuantization", tensor, of=PerTensor)
    return Quantisation(found.scale, found.zero_point)
