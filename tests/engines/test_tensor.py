from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.tensor import KINDS, Port, Tensor, nested

from .onnx.models import NUMERIC

BY_NAME = {kind.name: kind for kind in KINDS.values()}


@given(shape=st.lists(st.integers(0, 3), max_size=4))
def test_any_shape_is_nested_as_numpy_nests_it(shape: list[int]) -> None:
    array = np.arange(prod(shape), dtype=np.int32).reshape(shape)
    tensor = Tensor(tuple(shape), array.tobytes())
    assert nested(BY_NAME["int32"], tensor) == array.tolist()


@pytest.mark.parametrize("name", [*NUMERIC, "bool"])
def test_an_element_has_numpy_s_bytes(name: str) -> None:
    assert BY_NAME[name].element_bytes == np.dtype(name).itemsize


@pytest.mark.parametrize(
    ("shape", "text"),
    [(None, "of any shape"), ((), "of shape []"), (("N", 4, ""), "of shape [N, 4, ?]")],
)
def test_a_port_reads_as_its_type_and_shape(shape: tuple[int | str, ...] | None, text: str) -> None:
    assert str(Port("x", BY_NAME["float32"], shape)) == f"float32 {text}"
