"""The README's files for other networks build and serve what they say."""

import json
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
import torch

from engines.torch.build.description import Described
from tests.engines.torch.compiled import compile_into
from tests.model_directory import post
from tests.pytorch_example.other_networks import ENCODER, HANDLER, RESNET, keep_weights, module_of

MOST_LINES = 40
# https://docs.pytorch.org/vision/stable/models/generated/torchvision.models.resnet18.html
RESNET_PARAMETERS = 11_689_512


@pytest.mark.parametrize("source", [RESNET, ENCODER])
def test_a_network_is_a_file_of_at_most_40_lines(source: str) -> None:
    assert len(source.splitlines()) <= MOST_LINES


@pytest.fixture
def resnet(monkeypatch: pytest.MonkeyPatch) -> tuple[Described, dict[str, Any]]:
    """ResNet-18 as the README describes it, and its weights by their names."""
    kept: dict[str, Any] = {}

    def load_state_dict(module: torch.nn.Module, weights: object) -> None:
        kept.update(module.state_dict())

    monkeypatch.setattr(torch, "load", lambda path, weights_only: None)
    monkeypatch.setattr(torch.nn.Module, "load_state_dict", load_state_dict)
    return module_of(RESNET).described(), kept


def test_resnet_18_has_the_weights_of_torchvision_s(
    resnet: tuple[Described, dict[str, Any]],
) -> None:
    described, weights = resnet
    network = described.network
    assert sum(array.numel() for array in network.parameters()) == RESNET_PARAMETERS
    shapes = {name: tuple(array.shape) for name, array in weights.items()}
    assert len(shapes) == 122  # 20 convolutions, 20 times 5 of normalisation, 2 of fc
    assert shapes["conv1.weight"] == (64, 3, 7, 7)
    assert shapes["layer1.0.conv2.weight"] == (64, 64, 3, 3)
    assert shapes["layer2.0.downsample.0.weight"] == (128, 64, 1, 1)
    assert shapes["layer4.1.bn2.running_var"] == (512,)
    assert shapes["fc.weight"] == (1000, 512)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Described, Callable[..., Any]]:
    """The text encoder, and the handler that serves it once it is compiled."""
    folder = tmp_path_factory.mktemp("encoder")
    module = module_of(ENCODER)
    keep_weights(folder, "encoder.pth", module.Encoder())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        described: Described = module.described()
        compile_into(folder, described)
    app = ModuleType("encoder_app")
    app.__file__ = str(folder / "app.py")
    sys.modules[app.__name__] = app  # where the types of its handler are looked up
    exec(HANDLER, app.__dict__)
    return described, app.handler


TEXTS = {"tokens": [[101, 2023, 102, 0], [101, 30521, 2003, 102]], "mask": [[1, 1, 1, 0], [1] * 4]}


def test_a_text_encoder_of_two_inputs_and_outputs_is_served_by_a_short_handler(
    encoder: tuple[Described, Callable[..., Any]],
) -> None:
    described, handler = encoder
    reply = post(handler, json.dumps(TEXTS))
    assert reply.status == 200
    with torch.inference_mode():
        vector, classes = described.network(*map(torch.tensor, TEXTS.values()))
    answered = {name: torch.tensor(numbers) for name, numbers in reply.body.items()}
    torch.testing.assert_close(answered["vector"], vector, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(answered["classes"], classes, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({**TEXTS, "mask": [[1, 1], [1, 1]]}, "mask: length must be 4, as it is in tokens, got 2"),
        ({"tokens": [[1]] * 17, "mask": [[1]] * 17}, "batch must be 1 to 16, got 17"),
        ({"tokens": [[1, 2], [3]], "mask": [[1, 1]] * 2}, "tokens must have 32 bytes"),
        ({"tokens": [[30522]], "mask": [[1]]}, "<= 30521"),
    ],
)
def test_texts_that_do_not_fit_are_answered_with_the_rule(
    encoder: tuple[Described, Callable[..., Any]], request_: dict[str, Any], message: str
) -> None:
    reply = post(encoder[1], json.dumps(request_))
    assert reply.status == 400
    assert message in reply.body["message"]
