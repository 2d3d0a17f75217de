"""Compiled programs, compared with PyTorch's own answers, not compiled."""

import json
from pathlib import Path
from typing import NamedTuple

import pytest
import torch

from apps.tensors import serve
from engines.errors import RunError
from engines.torch import Network
from engines.torch.build.program.__main__ import main
from golden.compare import differences
from golden.tensors import main as make_golden
from tests.engines.torch.compiled import needs_compiler, ours, theirs
from tests.model_directory import post

from .models import convolutions, encoder

pytestmark = needs_compiler


class Made(NamedTuple):
    """What a build made of a file."""

    model: Path
    network: Network
    found: str


def made(model: Path) -> Made:
    """Compile a file into its folder."""
    found = model.with_name("found.txt")
    main([str(model), "none", str(model.parent), "--found", str(found)])
    return Made(model, Network(model.with_name("network.so"), threads=2), found.read_text())


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(convolutions(tmp_path_factory.mktemp("images") / "model.pt2"))


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made(encoder(tmp_path_factory.mktemp("tokens") / "model.pt2"))


def outputs(network: Network, *inputs: torch.Tensor) -> list[torch.Tensor]:
    computed = network.run([ours(tensor) for tensor in inputs])
    return [theirs(port, tensor) for port, tensor in zip(network.outputs, computed, strict=True)]


@pytest.mark.parametrize("batch", [1, 2, 15])
def test_convolutions_answer_as_pytorch_does(images: Made, batch: int) -> None:
    pictures = torch.rand(batch, 3, 16, 16, generator=torch.Generator().manual_seed(batch))
    wanted = torch.export.load(images.model).module()(pictures, 2.0)
    for output, name in zip(outputs(images.network, pictures), wanted, strict=True):
        torch.testing.assert_close(output, wanted[name])


def test_a_program_that_is_compiled_for_fewer_sizes_says_so(images: Made) -> None:
    assert images.network.sizes == {"batch": (1, 15)}
    assert "The size `batch` is 1 to 15. The program has up to 64" in images.found
    assert f"PyTorch {torch.__version__} wrote the program" in images.found
    assert "`scale` is 2.0 in the program" in images.found


@pytest.mark.parametrize(("batch", "length"), [(1, 1), (2, 64), (5, 5), (40, 3)])
def test_an_encoder_answers_as_pytorch_does(tokens: Made, batch: int, length: int) -> None:
    chance = torch.Generator().manual_seed(length)
    ids = torch.randint(0, 50, (batch, length), generator=chance)
    mask = torch.arange(length).expand(batch, length) < torch.arange(1, batch + 1).unsqueeze(1)
    inputs = ids, mask.contiguous(), torch.tensor(-0.25)
    pooled, (hidden, zeros) = torch.export.load(tokens.model).module()(*inputs)
    for output, wanted in zip(
        outputs(tokens.network, *inputs), (pooled, hidden, zeros), strict=True
    ):
        torch.testing.assert_close(output, wanted)


def test_a_request_beyond_the_bounds_is_400_with_them(tokens: Made) -> None:
    handler = serve(tokens.network)

    def refusal(length: int, number: int = 1) -> str:
        row = {"ids": [[number] * length], "mask": [[True] * length], "bias": 0.5}
        reply = post(handler, json.dumps(row))
        assert reply.status == 400, reply.body
        message: str = reply.body["message"]
        return message

    assert refusal(65) == "the size ids_1 must be 1 to 64, got 65"
    assert "ids" in refusal(3, number=50) and "49" in refusal(3, number=50)
    with pytest.raises(RunError, match="ids_1 must be 1 to 64, got 65"):
        outputs(
            tokens.network,
            torch.ones(1, 65, dtype=torch.int64),
            torch.ones(1, 65, dtype=torch.bool),
            torch.tensor(0.5),
        )


@pytest.mark.parametrize("name", ["images", "tokens"])
def test_golden_requests_are_answered_by_pytorch_itself(
    name: str, request: pytest.FixtureRequest
) -> None:
    one: Made = request.getfixturevalue(name)
    folder = one.model.with_name("golden")
    make_golden(["torch", str(one.model), str(folder)])
    cases = json.loads((folder / "cases.json").read_bytes())
    handler = serve(one.network)
    assert len(cases) > 10
    for case in cases:
        reply = post(handler, json.dumps(case["request"]))
        assert reply.status == 200, reply.body
        assert [*differences(case["answer"], reply.body, case["tolerance"])] == []
