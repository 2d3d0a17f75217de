"""The real network, compiled: a fixture for the modules that import it."""

from pathlib import Path

import pytest
import torch
from PIL import Image

from engines.torch.build.description import Described
from engines.torch.build.naming import write_app_card
from tests.engines.torch.compiled import compile_into
from tests.pytorch_example import conftest
from tests.pytorch_example.parts import part

SIDE = 224


@pytest.fixture(scope="session")
def described() -> Described:
    """The network with the weights of the test data."""
    path = conftest.test_data("mobilenet_v2-imagenet.pth")
    made: Described = part("network.pretrained").imagenet(str(path))
    return made


@pytest.fixture(scope="session")
def folder(described: Described, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """network.so and its cards, as the image's build makes them."""
    made = tmp_path_factory.mktemp("compiled")
    compile_into(made, described)
    write_app_card(described, made)
    return made


def eager(described: Described, pixels: bytes) -> list[float]:
    """The percentages of the network as it was before it was compiled."""
    image = torch.frombuffer(bytearray(pixels), dtype=torch.uint8).view(1, SIDE, SIDE, 3)
    with torch.inference_mode():
        percents: list[float] = described.network(image)[0].tolist()
    return percents


def crop(name: str) -> bytes:
    """The centre of a photograph of the test data: resized to 256, cropped to 224, RGB."""
    with Image.open(conftest.test_data(name)) as image:
        scale = 256 / min(image.size)
        resized = image.convert("RGB").resize(
            (round(image.width * scale), round(image.height * scale)), Image.Resampling.BILINEAR
        )
    left, top = (round((length - SIDE) / 2) for length in resized.size)
    return resized.crop((left, top, left + SIDE, top + SIDE)).tobytes()
