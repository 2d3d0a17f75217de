import struct

import h5py
import numpy as np
import pytest
import torch

from tests.pytorch_example.parts import part

dog_breeds = part("network.dog_breeds")
NAMES = [f"n0200000{index % 10}-breed_{index}" for index in range(19)]


def pickled(names: list[str]) -> bytes:
    """What joblib writes: a pickle's head, how much padding, padding, the text, its tail."""
    rows = b"".join(name.ljust(40, "\0").encode("utf-32-le") for name in names)
    return b"\x80\x04cos\nsystem\n" + struct.pack("<B7x", 7) + rows + b"tR."


def kernel(file: h5py.File, name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers that are all different, under a layer's name."""
    values = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    file[f"{dog_breeds.NETWORK}/{name}/kernel"] = values
    return values


@pytest.fixture
def keras() -> h5py.File:
    """A Keras file in memory, each array of which holds zeros unless a test changes it."""
    file = h5py.File.in_memory()
    network = part("network.mobilenet").MobileNetV2(19).state_dict()
    for theirs, (convolution, normalisation) in dog_breeds._places().items():
        order = (2, 3, 0, 1) if theirs[0].endswith("depthwise") else (2, 3, 1, 0)
        shape = network[f"{convolution}.weight"].permute(order).shape
        kernel(file, theirs[0], tuple(shape))
        for array, ours in dog_breeds.NORMALISATION.items():
            zeros = np.zeros(network[f"{normalisation}.{ours}"].shape, np.float32)
            file[f"{dog_breeds.NETWORK}/{theirs[1]}/{array}"] = zeros
    file["dense/dense/kernel"] = np.zeros((1280, 19), np.float32)
    file["dense/dense/bias"] = np.arange(19, dtype=np.float32)
    return file


def test_breeds_are_read_without_loading_the_pickle() -> None:
    assert dog_breeds.breeds(pickled(NAMES)) == tuple(f"breed {index}" for index in range(19))


@pytest.mark.parametrize("names", [NAMES[:-1], [*NAMES[:-1], "no breed"], []])
def test_anything_but_19_breeds_is_refused(names: list[str]) -> None:
    with pytest.raises(ValueError, match="breeds"):
        dog_breeds.breeds(pickled(names))


def test_every_array_gets_its_place_in_the_network(keras: h5py.File) -> None:
    network = part("network.mobilenet").MobileNetV2(19)
    network.load_state_dict(dog_breeds.converted(keras))
    assert network.classifier[1].bias.tolist() == list(range(19))


def test_kernels_are_turned_from_keras_s_order_into_pytorch_s(keras: h5py.File) -> None:
    weights = dog_breeds.converted(keras)
    stem = keras[f"{dog_breeds.NETWORK}/Conv1/kernel"]
    alone = keras[f"{dog_breeds.NETWORK}/block_3_depthwise/kernel"]
    assert weights["features.0.0.weight"][5, 2, 0, 1] == stem[0, 1, 2, 5]
    assert weights["features.4.conv.1.0.weight"][7, 0, 2, 1] == alone[2, 1, 7, 0]
    assert weights["classifier.1.weight"].shape == torch.Size([19, 1280])
