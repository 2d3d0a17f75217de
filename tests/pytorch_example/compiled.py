"""The real network, compiled: a fixture for the modules that import it."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.pytorch_example import conftest
from tests.pytorch_example.parts import part

SIDE = 224


@pytest.fixture(scope="session")
def trained() -> Any:
    """The network with the weights of the test data."""
    path = conftest.test_data("mobilenet_v2-imagenet.pth")
    return part("export.__main__").imagenet(str(path), "", "")


@pytest.fixture(scope="session")
def folder(trained: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """network.so and card.json, as the image's build makes them."""
    if shutil.which("g++") is None:
        pytest.skip("needs a C++ compiler (Debian, Ubuntu: sudo apt-get install g++)")
    made = tmp_path_factory.mktemp("compiled")
    part("export.compiling").write(trained, made)
    return made


def crop(name: str) -> bytes:
    """The centre of a photograph of the test data: resized to 256, cropped to 224, RGB."""
    with Image.open(conftest.test_data(name)) as image:
        scale = 256 / min(image.size)
        resized = image.convert("RGB").resize(
            (round(image.width * scale), round(image.height * scale)), Image.Resampling.BILINEAR
        )
    left, top = (round((length - SIDE) / 2) for length in resized.size)
    return resized.crop((left, top, left + SIDE, top + SIDE)).tobytes()
