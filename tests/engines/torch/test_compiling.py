from pathlib import Path

import pytest
import torch
from torch import nn

from engines.torch.build import compiling, exporting
from engines.torch.build.description import Described, DescriptionError, Input
from tests.engines.torch.compiled import needs_compiler

IMAGES = (3, 8, 8)
NETWORKS: dict[str, tuple[nn.Module, tuple[int | str, ...], bool]] = {
    "a convolution of known sizes": (nn.Conv2d(3, 4, 3), (1, *IMAGES), True),
    "a convolution of an open number": (nn.Conv2d(3, 4, 3), ("n", *IMAGES), False),
    "a transposed one": (nn.ConvTranspose2d(3, 4, 3), (1, *IMAGES), True),
    "a linear layer": (nn.Linear(8, 4), (1, 8), False),
}


@pytest.mark.parametrize(("network", "shape", "orders"), NETWORKS.values(), ids=NETWORKS)
def test_weights_in_the_order_of_this_machine_are_known_before(
    network: nn.Module, shape: tuple[int | str, ...], orders: bool
) -> None:
    inputs = {"x": Input(torch.float32, shape)}
    sizes = {"n": (1, 4)} if "n" in shape else {}
    program = exporting.exported(Described(network.eval(), inputs, ["y"], sizes))
    assert compiling.orders_convolutions(program) is orders


@needs_compiler
def test_sizes_that_the_compiler_leaves_out_end_the_build(tmp_path: Path) -> None:
    inputs = {"x": Input(torch.float32, ("n", *IMAGES))}
    described = Described(nn.Conv2d(3, 4, 3).eval(), inputs, ["y"], {"n": (1, 40)})
    program = exporting.exported(described)
    exporting.check_open(described, program)
    compiling.package(program, tmp_path / "network.pt2")
    with pytest.raises(DescriptionError, match="for n from 16 to 40, not for all from 1 to 40"):
        exporting.check_open(described, program)
