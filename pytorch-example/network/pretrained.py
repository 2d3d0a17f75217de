"""MobileNetV2 with the weights that the image's build arguments choose."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from engines.torch.build.description import Described
from network import weights
from network.labels import read_labels
from network.mobilenet import MobileNetV2
from network.photographs import classifier


def described() -> Described:
    """Read the weights that WEIGHTS, WEIGHTS_FILE, WEIGHTS_SHA256 and WEIGHTS_URL name.

    Raises:
        WeightsError: there are none, or not the right ones; the message says what to do.
    """
    chosen = os.environ.get("WEIGHTS", "imagenet")
    if chosen == "imagenet":
        names = ("WEIGHTS_FILE", "WEIGHTS_SHA256", "WEIGHTS_URL")
        return imagenet(*(os.environ.get(name, "") for name in names))
    if chosen == "dog-breeds":
        return dog_breeds()
    raise weights.WeightsError(f"WEIGHTS must be imagenet or dog-breeds, got {chosen}")


def imagenet(file: str, sha256: str = "", url: str = "") -> Described:
    """The network with 1,000 classes.

    Raises:
        WeightsError: as `described`.
    """
    labels = read_labels()
    network = MobileNetV2(len(labels))
    with TemporaryDirectory() as folder:
        path = weights.find(file, weights.FOLDER, Path(folder), url or weights.URL, sha256)
        weights.check(path, sha256)
        weights.fill(network, path)
    return classifier(network, labels)


def dog_breeds() -> Described:
    """The network with 19 classes.

    Source: Keras's preprocess_input scales to [-1, 1], which is a mean and a deviation of 0.5.
    """
    from network import dog_breeds  # needs h5py, which the other weights do not

    with TemporaryDirectory() as folder:
        network, breeds = dog_breeds.trained(dog_breeds.download(Path(folder)))
    half = (0.5, 0.5, 0.5)
    return classifier(network, breeds, dog_breeds.SIDE, dog_breeds.SIDE, half, half)
