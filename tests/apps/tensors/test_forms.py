import json
from math import prod
from typing import Any

import msgspec
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from apps.tensors.forms import request_type
from apps.tensors.reading import _element, tensors
from engines.tensor import KINDS as BY_NUMBER
from engines.tensor import Port, Tensor, nested
from tests.engines.onnx.models import NUMERIC
from tests.model_directory import post

from .calls import APP

KINDS = {kind.name: kind for kind in BY_NUMBER.values()}
ANY_ARRAY = st.sampled_from([*NUMERIC, "bool"]).flatmap(
    lambda kind: arrays.arrays(
        np.dtype(kind),
        arrays.array_shapes(min_dims=0, max_dims=4, max_side=4),
        elements={"allow_nan": False, "allow_infinity": False} if kind.startswith("f") else None,
    )
)


def read(array: NDArray[Any], value: Any) -> Any:
    """The tensor of a JSON value for an input of the array's type, with every size open."""
    port = Port("x", KINDS[array.dtype.name], ("",) * array.ndim)
    type_ = request_type([port])
    request = msgspec.json.decode(json.dumps({"x": value}), type=type_)
    return tensors([port], request)[0]


@given(array=ANY_ARRAY)
def test_lists_become_numpy_s_bytes_and_come_back(array: NDArray[Any]) -> None:
    tensor = read(array, array.tolist())
    assert tensor == Tensor(array.shape, array.tobytes())
    assert nested(KINDS[array.dtype.name], tensor) == array.tolist()


@given(array=ANY_ARRAY)
def test_base64_becomes_the_same_tensor_as_lists(array: NDArray[Any]) -> None:
    value = json.loads(msgspec.json.encode({"shape": array.shape, "base64": array.tobytes()}))
    assert read(array, value) == read(array, array.tolist())


@given(shape=st.lists(st.integers(1, 5), min_size=1, max_size=4), data=st.data())
def test_an_element_s_place_is_numpy_s_index(shape: list[int], data: st.DataObject) -> None:
    position = data.draw(st.integers(0, prod(shape) - 1))
    indices = np.unravel_index(position, shape)
    assert _element("x", shape, position) == "x" + "".join(f"[{index}]" for index in indices)


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda items: st.lists(items) | st.dictionaries(st.text(), items),
    )
)
def test_whatever_is_sent_gets_an_answer_or_a_400(value: Any) -> None:
    reply = post(APP.handler, json.dumps({"measurements": value}))
    assert reply.status in (200, 400)


@given(shape=st.lists(st.integers(0, 5), max_size=3), content=st.binary(max_size=96))
def test_base64_of_any_shape_and_bytes_gets_an_answer_or_a_400(
    shape: list[int], content: bytes
) -> None:
    body = msgspec.json.encode({"measurements": {"shape": shape, "base64": content}})
    fits = len(shape) == 2 and shape[1] == 4 and 0 < len(content) == 16 * shape[0]
    assert post(APP.handler, body.decode()).status == (200 if fits else 400)
