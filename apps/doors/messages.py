"""Requests and answers of the Open Inference Protocol: JSON, with the bytes of tensors behind it.

    {"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1.5, 2]}]}

With the header Inference-Header-Content-Length the JSON has that many bytes. An input whose
parameter is `binary_data_size` has its elements behind it, in the order of the inputs; so has an
output, where the request asks for `binary_data` of it, or for `binary_data_output` of all.

Source: https://github.com/triton-inference-server/server, docs/protocol/extension_binary_data.md.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from math import prod
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct

from apps.doors.datatypes import NAMES, from_bytes, kind_of, to_bytes
from apps.doors.model import Given, Made
from apps.tensors.forms import element_type
from engines.tensor import Kind, Tensor, nested
from serving.contract import field_first
from serving.errors import BadRequest

SIZE = "binary_data_size"
# What MLServer's codecs say of an input, where it is what the datatype says anyhow.
CODECS = ("np", "str", "pd")
# They would change the answer, or name memory that a function does not share with its callers.
REFUSED = ("shared_memory_region", "classification", "sequence_id")
MAX_RANK = 32  # multiplying the sizes of a longer shape would take its time
MAX_DIGITS = 10  # of the bytes of the JSON
Size = Annotated[int, Meta(ge=0, le=2**31)]


class InferenceInput(Struct):
    """A tensor of a request."""

    name: str
    shape: Annotated[list[Size], Meta(max_length=MAX_RANK)]
    datatype: str
    parameters: dict[str, Any] | None = None
    data: Any = UNSET


class RequestedOutput(Struct):
    """An output that a request asks for."""

    name: str
    parameters: dict[str, Any] | None = None


class InferenceRequest(Struct):
    """What is asked; without outputs, all of them."""

    inputs: list[InferenceInput]
    id: str | None = None
    parameters: dict[str, Any] | None = None
    outputs: list[RequestedOutput] | None = None


DECODER = msgspec.json.Decoder(InferenceRequest)


def read(body: bytes, header_size: str) -> tuple[InferenceRequest, list[Given]]:
    """Read a request and its tensors.

    Args:
        body: JSON, and bytes behind it.
        header_size: bytes of the JSON, as the header has it; empty where there is nothing else.

    Raises:
        BadRequest: the message says where it breaks the protocol.
    """
    is_number = header_size.isdecimal() and len(header_size) <= MAX_DIGITS
    if header_size and not (is_number and int(header_size) <= len(body)):
        rule = f"expected the bytes of the JSON, at most {len(body)}, got {header_size}"
        raise BadRequest(f"Inference-Header-Content-Length: {rule}")
    end = int(header_size) if header_size else len(body)
    try:
        request = DECODER.decode(body[:end])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(field_first(str(error))) from error
    _check(request)
    given = []
    for position, one in enumerate(request.inputs):
        size = (one.parameters or {}).get(SIZE)
        content = _behind(one, size, body, end)
        given.append(_given(f"inputs[{position}]", one, content))
        end += len(content or b"")
    if end != len(body):
        raise BadRequest(f"{len(body) - end} bytes are left after those of {SIZE} of the inputs")
    return request, given


def _check(request: InferenceRequest) -> None:
    for part in (request, *request.inputs, *(request.outputs or ())):
        parameters = part.parameters or {}
        for name in filter(parameters.get, REFUSED):
            raise BadRequest(f"the parameter {name} is not supported")
        codec = parameters.get("content_type")
        if codec and codec not in CODECS:
            raise BadRequest(
                f"content_type {codec} is not supported, use one of {', '.join(CODECS)}"
            )


def _behind(given: InferenceInput, size: Any, body: bytes, start: int) -> bytes | None:
    """The bytes of an input that has them behind the JSON."""
    if size is None:
        return None
    if type(size) is not int or not 0 <= size <= len(body) - start:
        rule = f"expected at most the {len(body) - start} bytes that are left, got {size}"
        raise BadRequest(f"{given.name}: {SIZE}: {rule}")
    if given.data is not UNSET:
        raise BadRequest(f"{given.name}: give data or {SIZE}, and one only")
    return body[start : start + size]


def _given(place: str, given: InferenceInput, content: bytes | None) -> Given:
    kind, shape = kind_of(f"{place}.datatype", given.datatype), tuple(given.shape)
    if content is not None:
        return Given(given.name, kind, shape, from_bytes(given.name, kind, shape, content))
    if given.data is UNSET:
        raise BadRequest(f"{given.name}: give data, or {SIZE} and the bytes")
    values = _flat(f"{given.name}.data", given.data, shape)
    element: Any = element_type(kind) if kind.python is not str else str | None
    try:
        return Given(given.name, kind, shape, msgspec.convert(values, list[element]))
    except msgspec.ValidationError as error:
        raise BadRequest(f"{given.name}.data{field_first(str(error))}") from error


def _flat(place: str, data: Any, shape: Sequence[int]) -> list[Any]:
    """The elements of data that is one list, or lists in lists as the shape has them."""
    level, count = data if isinstance(data, list) else [data], prod(shape)
    if any(isinstance(item, list) for item in level):
        for size in shape[1:]:
            if not all(isinstance(item, list) and len(item) == size for item in level):
                raise BadRequest(
                    f"{place}: expected one list, or lists in lists as in {list(shape)}"
                )
            level = list(chain.from_iterable(level))
    if len(level) != count:
        raise BadRequest(
            f"{place}: expected {count} elements, of shape {list(shape)}, got {len(level)}"
        )
    return level


def written(
    request: InferenceRequest, made: Sequence[Made], head: Mapping[str, Any], may_be_bytes: bool
) -> tuple[bytes, int | None]:
    """Write an answer, and the bytes of its JSON if there are others behind it.

    Args:
        request: names the outputs, and in which form it wants them.
        made: all outputs.
        head: what else the JSON has.
        may_be_bytes: whether the caller can get bytes on the way that it has come.

    Raises:
        BadRequest: there is no output of a name, or one is asked for twice.
    """
    wanted = request.outputs or [RequestedOutput(one.name) for one in made]
    if len({one.name for one in wanted}) < len(wanted):
        raise BadRequest("outputs: a name is there twice")
    known, everywhere = {one.name: one for one in made}, (request.parameters or {})
    outputs, behind = [], []
    for one in wanted:
        if one.name not in known:
            raise BadRequest(f"there is no output {one.name}, but {', '.join(known)}")
        default = everywhere.get("binary_data_output")
        in_bytes = may_be_bytes and (one.parameters or {}).get("binary_data", default) is True
        output, content = _output(known[one.name], in_bytes)
        outputs.append(output)
        behind.append(content)
    identity = {"id": request.id} if request.id else {}
    body = msgspec.json.encode({**head, **identity, "outputs": outputs})
    return body + b"".join(behind), len(body) if any(map(_is_bytes, outputs)) else None


def _is_bytes(output: Mapping[str, Any]) -> bool:
    return "data" not in output


def _output(made: Made, in_bytes: bool) -> tuple[dict[str, Any], bytes]:
    datatype, shape = NAMES[made.kind.name], list(made.tensor.shape)
    output = {"name": made.name, "datatype": datatype, "shape": shape}
    parameters: dict[str, Any] = {}
    if made.classes:  # a parameter is a number, a boolean or a string
        parameters["classes"] = msgspec.json.encode(made.classes).decode()
    content = b""
    if in_bytes:
        content = to_bytes(made.tensor)
        parameters[SIZE] = len(content)
    else:
        output["data"] = _elements(made.kind, made.tensor)
    return output | ({"parameters": parameters} if parameters else {}), content


def _elements(kind: Kind, tensor: Tensor) -> Any:
    return nested(kind, Tensor((prod(tensor.shape),), tensor.content))
