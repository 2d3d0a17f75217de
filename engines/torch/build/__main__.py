"""Compiles the network that a function describes, and compares it with PyTorch.

    python3 -m engines.torch.build network.pretrained:described /var/task

Writes network.so and network.json, which `engines.torch.Network` loads, and card.json if the
network is described with a card. Needs a C++ compiler. The answers that it compared with are kept
in the file of --answers: engines/torch/build/trimming.py compares once more.
"""

import argparse
import sys
from pathlib import Path

from engines.torch.build import answers, compiling, exporting, sampling
from engines.torch.build.answers import DifferenceError
from engines.torch.build.description import DescriptionError
from engines.torch.build.naming import described_by, write_app_card
from engines.torch.card import write_card

ENGINE = "engines.torch:Network"


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="engines.torch.build", description=__doc__)
    parser.add_argument("function", help="MODULE:FUNCTION, which returns a Described")
    parser.add_argument("out", type=Path, help="the folder for the network")
    parser.add_argument("--answers", type=Path, help="the file that keeps what it must answer")
    return parser.parse_args(arguments)


def build(function: str, out: Path, kept: Path | None) -> None:
    """Write the network's files, once it answers as PyTorch does."""
    described = described_by(function)
    program = exporting.exported(described)
    card = exporting.card(described, program)
    library = out / "network.so"
    compiling.compile_to(program, library)
    exporting.check_open(described, program)
    write_card(card, library)
    write_app_card(described, out)
    expected = sampling.answers(described)
    if kept:
        answers.write(expected, kept)
    answers.check(expected, ENGINE, library)


def main(arguments: list[str]) -> int:
    """Do what the command line says, and end with 1 where the network answers otherwise."""
    options = parse(arguments)
    try:
        build(options.function, options.out, options.answers)
    except (DescriptionError, DifferenceError) as error:
        sys.exit(f"engines.torch.build: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
