"""An internet of loopback, the real photographs, and the real network."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from serving.photographs import Framing
from tests.model_directory import REPOSITORY
from tests.serving.urls.internet import internet

__all__ = ("internet",)  # a fixture
SHARED = REPOSITORY.parent / "shared" / "testdata"
DIRECTORY = REPOSITORY / "pytorch-example"


class Network(NamedTuple):
    """The network as app.model has it, but computed by PyTorch line by line."""

    labels: tuple[str, ...]
    forward: Any
    framing: Framing = Framing(224, 224, "crop", 256)

    def predict(self, pixels: bytes) -> list[float]:
        """Percent, for each class."""
        import torch

        values = torch.frombuffer(bytearray(pixels), dtype=torch.uint8)
        with torch.inference_mode():
            percents: list[float] = self.forward(values.view(1, 224, 224, 3))[0].tolist()
        return percents


@pytest.fixture(scope="session")
def photographs() -> dict[str, bytes]:
    """The photographs of the test data, by the name of their file."""
    names = ("dog.jpg", "cat_720p.jpg", "hot_dog.jpg")
    return {name: test_data(name).read_bytes() for name in names}


@pytest.fixture(scope="session")
def network() -> Iterator[Network]:
    """The network with the weights of the test data."""
    path = test_data("mobilenet_v2-imagenet.pth")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(DIRECTORY), *sys.path])
        described = import_module("network.pretrained").imagenet(str(path))
        yield Network(tuple(described.card["labels"]), described.network)


def test_data(name: str) -> Path:
    """A file of the test data; skips the test where there is none."""
    if not (SHARED / name).is_file():
        pytest.skip(f"needs {name} in {SHARED}")
    return SHARED / name
