"""Tensors in a golden answer: compared by their numbers, within the tolerance."""

import base64
from typing import Any

import numpy as np
import pytest

from pipeline.model.golden import differences
from pipeline.model.tensor import LETTERS, is_tensor, numbers


def tensor(array: Any) -> dict[str, Any]:
    array = np.asarray(array)
    content = base64.b64encode(array.tobytes()).decode()
    return {"shape": list(array.shape), "type": array.dtype.name, "base64": content}


@pytest.mark.parametrize("kind", LETTERS)
def test_each_type_is_read_as_numpy_writes_it(kind: str) -> None:
    array = np.array([[0, 1], [1, 0]]).astype(kind)
    assert numbers(tensor(array))["elements"] == array.ravel().tolist()


def test_numbers_within_the_tolerance_are_alike_and_others_are_named() -> None:
    expected, near, far = (tensor(np.array([1.0, x], "float32")) for x in (2.0, 2.0005, 2.1))
    assert not [*differences(expected, near, 1e-3)]
    (said,) = differences(expected, far, 1e-3)
    assert said.startswith("answer.elements[1] is 2.09") and "must be 2.0 within 0.001" in said


def test_what_is_no_number_and_infinity_are_alike_themselves() -> None:
    value = tensor(np.array([np.nan, np.inf, -np.inf], "float64"))
    assert not [*differences(value, value, 1e-6)]
    assert [*differences(value, tensor(np.array([0, np.inf, -np.inf], "float64")), 1e-6)]
    assert [*differences(value, tensor(np.array([np.nan, -np.inf, -np.inf], "float64")), 1e-6)]


@pytest.mark.parametrize(
    "other",
    [
        tensor(np.array([1.0], "float64")),
        tensor(np.array([[1.0]], "float32")),
        tensor(np.array([1, 2], "float32")),
        [1.0],
    ],
)
def test_another_type_shape_or_length_differs(other: Any) -> None:
    assert [*differences(tensor(np.array([1.0], "float32")), other, 1.0)]


@pytest.mark.parametrize(
    "value",
    [
        {"shape": [1], "base64": "AAAA"},
        {"shape": [1], "type": "bfloat16", "base64": "AAA="},
        {"shape": [1], "type": "float32", "base64": "AAA="},
        {"shape": [1], "type": "float32", "base64": "?"},
        {"shape": [1], "type": "float32", "base64": 5},
        "AAAA",
    ],
)
def test_what_cannot_be_read_as_numbers_is_compared_as_it_is(value: Any) -> None:
    assert not is_tensor(value)
    assert not [*differences(value, value, 1.0)]
