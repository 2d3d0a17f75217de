"""What a program takes and gives, by its file alone."""

import json
from collections import OrderedDict, defaultdict
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.export import Dim

from engines.torch.build import exporting
from engines.torch.build.description import DescriptionError
from engines.torch.build.program.__main__ import main, read_told
from engines.torch.build.program.loading import load

from .models import OPEN, convolutions, encoder, saved


def test_inputs_outputs_sizes_and_numbers_are_found(tmp_path: Path) -> None:
    loaded = load(encoder(tmp_path / "encoder.pt2"), {})
    card = exporting.card(loaded.described, loaded.program)
    assert [(port.name, port.kind, port.shape) for port in card.inputs] == [
        ("ids", "int64", ("batch", "ids_1")),
        ("mask", "bool", ("batch", "ids_1")),
        ("bias", "float32", ()),
    ]
    assert [(port.name, port.shape) for port in card.outputs] == [
        ("output_0", ("batch", 16)),
        ("output_1_0", ("batch", "ids_1", 16)),
        ("output_1_1", ("batch", "ids_1")),
    ]
    assert card.inputs[0].values == (0, 49), "the table of words has 50 rows"
    assert card.sizes["ids_1"] == (1, 64), "the table of places has 64 rows"


def test_keys_name_outputs_and_numbers_are_fixed(tmp_path: Path) -> None:
    loaded = load(convolutions(tmp_path / "convolutions.pt2"), {})
    assert list(loaded.described.inputs) == ["image"]
    assert loaded.described.outputs == ["scores", "features"]
    assert loaded.described.open_sizes == {"batch": (1, 64)}
    assert loaded.fixed == {"scale": 2.0}
    assert loaded.wrote == torch.__version__


def test_a_program_may_give_one_tensor_or_an_ordered_dict(tmp_path: Path) -> None:
    given = {"output": lambda net, x: x + 1, "out": lambda net, x: OrderedDict(out=x + 1)}
    for name, function in given.items():
        path = saved(tmp_path / f"{name}.pt2", Called(function), (torch.ones(2),))
        assert load(path, {}).described.outputs == [name]


class Called(nn.Module):
    """What a function computes."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function
        self.register_buffer("seen", torch.zeros(3))
        self.register_buffer("table", torch.arange(9.0))

    def forward(self, x: Any) -> Any:
        """As the function."""
        return self.function(self, x)


def whole(function: Any, path: Path) -> Path:
    return saved(path, Called(function), (torch.tensor([1, 2, 3]),), ({0: OPEN},))


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda net, x: net.table[net.table.long()[x]], (0, 8)),
        (lambda net, x: net.table[x], (0, 8)),
        (lambda net, x: net.table.index_select(0, x.view(-1)), (0, 8)),
        (lambda net, x: (x.float() * 2, x + 1), (-(2**63), 2**63 - 1)),
        (lambda net, x: net.table[(x > 2).long().argmax(0)], (-(2**63), 2**63 - 1)),
    ],
)
def test_a_table_bounds_the_numbers_of_an_input(
    function: Any, expected: tuple[int, int], tmp_path: Path
) -> None:
    loaded = load(whole(function, tmp_path / "a.pt2"), {})
    assert loaded.described.inputs["x"].values == expected


def test_a_place_that_is_reckoned_must_be_told(tmp_path: Path) -> None:
    path = whole(lambda net, x: net.table[x * 2], tmp_path / "a.pt2")
    with pytest.raises(DescriptionError, match=r'Say in columns.json.*\{"x": \{"minimum": 0'):
        load(path, {})
    columns = tmp_path / "columns.json"
    columns.write_text(json.dumps({"inputs": {"x": {"minimum": 0, "maximum": 4}}}))
    assert load(path, read_told(columns)).described.inputs["x"].values == (0, 4)
    with pytest.raises(DescriptionError, match="there is no input y, but x"):
        load(path, {"y": (0, 1)})
    columns.write_text('{"inputs": {"x": {"minimum": 0}}}')
    with pytest.raises(DescriptionError, match=r"columns.json must be as .*'maximum'"):
        read_told(columns)


@torch.library.custom_op("tests::tripled", mutates_args=())
def tripled(x: Tensor) -> Tensor:
    """An operator of one's own."""
    return x * 3


@tripled.register_fake
def _(x: Tensor) -> Tensor:
    return torch.empty_like(x)


def _counted(net: Any, x: Tensor) -> Tensor:
    net.seen.add_(1)
    return x.add(net.seen)


REFUSED = {
    "x becomes a place in a table, or a divisor": (
        lambda net, x: 100 // x,
        torch.tensor([1, 2]),
        None,
    ),
    "x has fractions and becomes a place": (
        lambda net, x: net.table[x.long()],
        torch.ones(3),
        None,
    ),
    "reckoned from a size without a bound": (
        lambda net, x: net.table[torch.arange(x.shape[0]) + 2] + x,
        torch.ones(3),
        ({0: OPEN},),
    ),
    "changes seen when it runs": (_counted, torch.ones(3), None),
    "changes its input in place: clone x": (lambda net, x: x.mul_(2), torch.ones(3), None),
    "must return tensors": (lambda net, x: (x + 1, 3), torch.ones(3), None),
    "calls tests.tripled.default": (lambda net, x: tripled(x), torch.ones(3), None),
    "takes or gives collections.defaultdict": (
        lambda net, x: defaultdict(list, y=x + 1),
        torch.ones(3),
        None,
    ),
    "x is a number that is open": (lambda net, x: net.seen * x, 3, (OPEN,)),
    "a size of x_0 is 2\\*": (lambda net, x: x + 1, torch.ones(4), ({0: 2 * Dim("half")},)),
    "is complex64: convert it": (lambda net, x: x * 2j, torch.ones(3), None),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_cannot_be_served_ends_the_build_by_name_with_the_way_out(
    message: str, tmp_path: Path
) -> None:
    function, given, shapes = REFUSED[message]
    path = saved(tmp_path / "a.pt2", Called(function), (given,), shapes)
    with pytest.raises(SystemExit, match=f"cannot be served: .*{message}.*torch.onnx.export"):
        main([str(path), str(tmp_path / "columns.json"), str(tmp_path)])
