"""Compiled networks of every kind compute what PyTorch computes line by line."""

import pytest
import torch

from engines.torch import Network
from tests.engines.torch import networks
from tests.engines.torch.compiled import Compiled, ours

BATCHES = [1, 2, 5]
LETTERS = [1, 2, 30]


def assert_same(compiled: Compiled, sizes: dict[str, int], rtol: float, atol: float) -> None:
    inputs = compiled.drawn(sizes)
    expected = networks.eager(compiled.described, inputs)
    made = compiled.run(inputs)
    for (name, output), wanted in zip(made.items(), expected, strict=True):
        torch.testing.assert_close(output, wanted, rtol=rtol, atol=atol, equal_nan=True, msg=name)


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("letters", LETTERS)
def test_layers_compute_the_same_for_every_batch_and_length(
    layers: Compiled, batch: int, letters: int
) -> None:
    assert_same(layers, {"batch": batch, "letters": letters}, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("n", [1, 4, 6])
def test_numbers_of_every_kind_are_taken_and_given(kinds: Compiled, n: int) -> None:
    assert_same(kinds, {"n": n}, rtol=1e-12, atol=0)


@pytest.mark.parametrize("rows", [0, 1, 3, 7])
@pytest.mark.parametrize("columns", [0, 1, 4, 9])
def test_outputs_lie_in_row_major_order_whatever_their_strides(
    shapes: Compiled, rows: int, columns: int
) -> None:
    assert_same(shapes, {"rows": rows, "columns": columns}, rtol=1e-6, atol=1e-6)


def test_it_says_what_it_takes_and_gives(layers: Compiled) -> None:
    network = layers.network
    assert {port.name: str(port) for port in network.inputs} == {
        "images": "float32 of shape [batch, 3, 12, 12]",
        "steps": "float32 of shape [batch, 5, 8]",
        "letters": "int64 of shape [batch, letters]",
        "padding": "bool of shape [batch, letters]",
    }
    letters = network.inputs[2].kind
    assert (letters.minimum, letters.maximum) == (0, networks.LETTERS - 1)
    outputs = {port.name: str(port) for port in network.outputs}
    assert outputs["lstm"] == "float32 of shape [batch, 5, 12]"
    assert outputs["weights"] == "float32 of shape [batch, letters, letters]"
    assert network.sizes == {"batch": (1, 5), "letters": (1, 30)}


def test_a_size_that_is_computed_has_no_name(shapes: Compiled) -> None:
    shapes_by_name = {port.name: port.shape for port in shapes.network.outputs}
    assert shapes_by_name["transposed"] == ("columns", "rows")
    assert shapes_by_name["sum"] == ()
    assert shapes_by_name["positive"] == ("",)


def test_an_output_outlives_the_next_run(shapes: Compiled) -> None:
    sizes = {"rows": 3, "columns": 4}
    first = shapes.network.run([ours(tensor) for tensor in shapes.drawn(sizes)])
    kept = [bytes(bytearray(output.content)) for output in first]  # type: ignore[arg-type]
    shapes.run(shapes.drawn(sizes, seed=1))
    assert [output.content for output in first] == kept


def test_two_networks_of_one_process_do_not_mix(layers: Compiled, shapes: Compiled) -> None:
    again = Network(layers.path)
    sizes = {"batch": 2, "letters": 3}
    inputs = [ours(tensor) for tensor in layers.drawn(sizes)]
    shapes.run(shapes.drawn({"rows": 2, "columns": 2}))
    assert again.run(inputs) == layers.network.run(inputs)
