"""Exports the network that a function describes to ONNX, and compares it with PyTorch.

    python3 -m engines.onnx.build network.pretrained:described /var/task

Writes network.onnx and network.weights, which `engines.onnx.Session` loads, and card.json if the
network is described with a card.
"""

import argparse
import sys
from pathlib import Path

from engines.onnx.build import exporting
from engines.torch.build import answers, sampling
from engines.torch.build.answers import DifferenceError
from engines.torch.build.description import DescriptionError
from engines.torch.build.naming import described_by, write_app_card

ENGINE = "engines.onnx:Session"


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="engines.onnx.build", description=__doc__)
    parser.add_argument("function", help="MODULE:FUNCTION, which returns a Described")
    parser.add_argument("out", type=Path, help="the folder for the network")
    return parser.parse_args(arguments)


def build(function: str, out: Path) -> None:
    """Write the network's files, and compare it with PyTorch."""
    described = described_by(function)
    exporting.write(described, out)
    write_app_card(described, out)
    answers.check(sampling.answers(described), ENGINE, out / "network.onnx")


def main(arguments: list[str]) -> int:
    """Do what the command line says, and end with 1 where the network answers otherwise."""
    options = parse(arguments)
    try:
        build(options.function, options.out)
    except (DescriptionError, DifferenceError) as error:
        sys.exit(f"engines.onnx.build: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
