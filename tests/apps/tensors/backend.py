"""The models of onnx's own backend tests, with inputs and the outputs that onnx expects."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnx.backend.test.case.node import collect_testcases

# What converters made of PyTorch's modules, and a few models that are no single node.
FOLDERS = ("simple", "pytorch-converted", "pytorch-operator")
DATA = Path(onnx.__file__).parent / "backend/test/data"
Value = Any  # an array, or a list of them


class Case(NamedTuple):
    """A model, and sets of inputs with their outputs."""

    name: str
    model: onnx.ModelProto
    data_sets: list[tuple[list[Value], list[Value]]]
    rtol: float = 1e-3
    atol: float = 1e-7


def cases() -> Iterator[Case]:
    """All of them; those of nodes are computed by onnx, the others are files."""
    for case in collect_testcases(None):
        assert case.model and case.data_sets
        sets = [([*map(_read, given)], [*map(_read, made)]) for given, made in case.data_sets]
        yield Case(case.name, case.model, sets, case.rtol, case.atol)
    for kind in FOLDERS:
        for folder in sorted((DATA / kind).iterdir()):
            model = onnx.load(folder / "model.onnx")
            sets = [
                (
                    _files(model.graph.input, data, "input"),
                    _files(model.graph.output, data, "output"),
                )
                for data in sorted(folder.glob("test_data_set_*"))
            ]
            yield Case(f"{kind}/{folder.name}", model, sets)


def _files(ports: Any, folder: Path, side: str) -> list[Value]:
    values = []
    for index, port in enumerate(ports):
        path = folder / f"{side}_{index}.pb"
        if path.exists():
            sequence = port.type.WhichOneof("value") == "sequence_type"
            proto = onnx.SequenceProto() if sequence else TensorProto()
            proto.ParseFromString(path.read_bytes())
            values.append(_read(proto))
    return values


def _read(value: Any) -> Value:
    if isinstance(value, TensorProto):
        return numpy_helper.to_array(value)
    if isinstance(value, onnx.SequenceProto):
        return numpy_helper.to_list(value)
    return [*map(_read, value)] if isinstance(value, list) else value


def is_text(array: NDArray[Any]) -> bool:
    return array.dtype.kind in "OUS"


def is_float(array: NDArray[Any]) -> bool:
    return array.dtype.name.startswith(("float", "bfloat"))


def has_infinities(value: Value) -> bool:
    """Whether lists cannot carry it."""
    if isinstance(value, list):
        return any(map(has_infinities, value))
    array = np.asarray(value)
    return is_float(array) and bool(np.isinf(array.astype(float)).any())


def as_base64(value: Value) -> Any:
    """A value as base64 of what onnx itself keeps in `raw_data`."""
    if isinstance(value, list):
        return [*map(as_base64, value)]
    array = np.asarray(value)
    if is_text(array):
        return as_lists(array)
    content = numpy_helper.from_array(array).raw_data
    text = base64.b64encode(content).decode()
    return {"shape": list(array.shape), "base64": text, "type": array.dtype.name}


def as_lists(value: Value) -> Any:
    """A value as lists of numbers or text; NaN is null."""
    if isinstance(value, list):
        return [*map(as_lists, value)]
    array = np.asarray(value)
    if is_text(array):
        texts = [item.decode() if isinstance(item, bytes) else item for item in array.flat]
        return np.array(texts, object).reshape(array.shape).tolist()
    if is_float(array):
        numbers: NDArray[Any] = array.astype(float).astype(object)
        numbers[numbers != numbers] = None
        return numbers.tolist()
    return array.tolist() if array.dtype.kind in "iub" else array.astype(int).tolist()


def is_right(answer: Any, expected: Value, case: Case) -> bool:
    """Whether an answer, in either form, is what onnx expects, within its tolerance."""
    if isinstance(expected, list):
        same = isinstance(answer, list) and len(answer) == len(expected)
        return same and all(is_right(*pair, case) for pair in zip(answer, expected, strict=True))
    array = np.asarray(expected)
    if is_text(array):
        return bool(answer == as_lists(array))
    given = _from_base64(answer, array) if isinstance(answer, dict) else _from_lists(answer, array)
    if given.size != array.size or given.shape != array.shape[: given.ndim]:
        return False
    if not is_float(array):
        return bool((given.ravel() == array.ravel()).all())
    wide = array.astype(float).ravel()
    if not isinstance(answer, dict):  # which have null for infinities as well
        wide[np.isinf(wide)] = np.nan
    close = np.isclose(given.astype(float).ravel(), wide, case.rtol, case.atol, equal_nan=True)
    return bool(close.all())


def _from_base64(answer: Any, expected: NDArray[Any]) -> NDArray[Any]:
    kind = helper.np_dtype_to_tensor_dtype(expected.dtype)
    content = base64.b64decode(answer["base64"])
    return numpy_helper.to_array(
        TensorProto(data_type=kind, dims=answer["shape"], raw_data=content)
    )


def _from_lists(answer: Any, expected: NDArray[Any]) -> NDArray[Any]:
    if is_float(expected):
        return np.array(answer, float)  # null becomes NaN
    wide = expected.dtype if expected.dtype.kind in "iub" else np.dtype(int)
    return np.array(answer, wide)
