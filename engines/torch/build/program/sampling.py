"""Samples of a loaded program: as of one that is described, in sizes that are soon computed."""

from dataclasses import replace
from math import prod

import torch
from torch import Generator

from engines.torch.build import sampling
from engines.torch.build.answers import Answers
from engines.torch.build.description import Described, DescriptionError
from engines.torch.build.exporting import FIRST_USUAL

MAX_ELEMENTS = 2**18  # of the inputs of one sample
LONG, USUAL = 4096, 16  # of sizes: drawn where few lead to many elements, and where not


def answers(described: Described) -> Answers:
    """What PyTorch makes of random inputs, in its sizes, or in those of up to 16.

    Raises:
        DescriptionError: PyTorch itself cannot compute them.
    """
    try:
        return sampling.answers(_drawable(described))
    except Exception as error:  # whatever a program raises
        raise DescriptionError(
            f"PyTorch itself does not run the program: {_first(error)}"
        ) from error


def with_least(described: Described) -> Described:
    """Let a size of 1 be one that PyTorch does not take, where that is so.

    The bounds in a file begin at 2 where nothing else is said; most programs take 1 as well.
    """
    sizes = dict(described.open_sizes)
    usual = {name: min(largest, USUAL) for name, (_, largest) in sizes.items()}
    for name, (least, largest) in sizes.items():
        if least < FIRST_USUAL and not _is_taken(described, {**usual, name: least}):
            sizes[name] = FIRST_USUAL, largest
    return replace(described, open_sizes=sizes)


def _is_taken(described: Described, sizes: dict[str, int]) -> bool:
    generator = Generator().manual_seed(0)
    try:
        with torch.inference_mode():
            described.network(*(one.random(sizes, generator) for one in described.inputs.values()))
    except Exception:  # whatever a program raises
        return False
    return True


def _drawable(described: Described) -> Described:
    """Keep the sizes, or make those small that have no bound in effect, or all."""
    for longest in (LONG, USUAL):
        sizes = {
            name: (least, most if most <= longest else max(USUAL, least + 1))
            for name, (least, most) in described.open_sizes.items()
        }
        if _elements(described, {name: most for name, (_, most) in sizes.items()}) <= MAX_ELEMENTS:
            break
    return replace(described, open_sizes=sizes)


def _elements(described: Described, sizes: dict[str, int]) -> int:
    shapes = [given.shape for given in described.inputs.values()]
    return sum(prod(sizes[s] if isinstance(s, str) else s for s in shape) for shape in shapes)


def _first(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
