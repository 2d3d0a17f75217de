"""The C API against ONNX Runtime's own Python package."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import helper

from .models import DIRECTORY, MODULES, addition, identity, save

SESSION, TENSOR = MODULES["session"], MODULES["tensor"]
EXAMPLE = DIRECTORY / "app/model.onnx"


def tensor(array: NDArray[Any]) -> Any:
    return TENSOR.Tensor(array.shape, array.tobytes())


def test_the_example_computes_what_the_package_computes_bit_for_bit() -> None:
    rows = np.loadtxt(
        DIRECTORY / "penguins.csv", np.float32, delimiter=",", skiprows=1, usecols=range(1, 5)
    )
    package = onnxruntime.InferenceSession(EXAMPLE)
    species, probabilities = package.run(None, {"measurements": rows})
    computed = SESSION.Session(EXAMPLE, threads=1).run([tensor(rows)])
    assert computed == [(species.shape, species.tolist()), tensor(probabilities)]


def test_two_threads_compute_what_one_computes(tmp_path: Path) -> None:
    node = helper.make_node("MatMul", ["a", "b"], ["c"])
    values = (
        [("a", "float32", [256, 512]), ("b", "float32", [512, 256])],
        [("c", "float32", [256, 256])],
    )
    path = save(tmp_path / "product.onnx", [node], *values)
    generator = np.random.default_rng(0)
    inputs = [generator.standard_normal(shape).astype("f4") for shape in ((256, 512), (512, 256))]
    for threads in (1, 2):
        (product,) = SESSION.Session(path, threads).run([tensor(array) for array in inputs])
        result = np.frombuffer(product.content, "f4").reshape(product.shape)
        np.testing.assert_allclose(result, inputs[0] @ inputs[1], atol=1e-3)


@pytest.mark.parametrize(
    "shape", [None, (), (3,), ("N", 4), ("", "height", 3)], ids=["unknown", "scalar", "1", "2", "3"]
)
def test_names_types_and_shapes_are_those_of_the_file(tmp_path: Path, shape: Any) -> None:
    session = SESSION.Session(identity(tmp_path / "m.onnx", "float16", shape), threads=1)
    assert [port.name for port in (*session.inputs, *session.outputs)] == ["x", "y"]
    for port in (*session.inputs, *session.outputs):
        assert port.kind.name == "float16"
        assert port.shape == shape


def test_a_failed_run_leaves_the_session_as_it_was(tmp_path: Path) -> None:
    session = SESSION.Session(addition(tmp_path / "m.onnx", ["N"], ["M"]), threads=1)
    two, three = (tensor(np.ones(size, np.float32)) for size in (2, 3))
    for _ in range(100):
        with pytest.raises(MODULES["onnx_api"].OnnxRuntimeError):
            session.run([two, three])
    assert session.run([two, two]) == [tensor(np.full(2, 2, np.float32))]


def test_an_answer_outlives_the_next_one() -> None:
    session = SESSION.Session(EXAMPLE, threads=1)
    first = session.run([tensor(np.ones((1, 4), np.float32))])
    kept = [
        (
            value.shape,
            bytes(value.content) if isinstance(value.content, bytes) else [*value.content],
        )
        for value in first
    ]
    session.run([tensor(np.full((1, 4), 9, np.float32))])
    assert first == kept
