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
USUAL = 16  # of sizes that lead to more


def answers(described: Described) -> Answers:
    """What PyTorch makes of random inputs, in all sizes or in those of up to 16.

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
    largest = {name: most for name, (_, most) in described.open_sizes.items()}
    elements = sum(
        prod(largest[size] if isinstance(size, str) else size for size in given.shape)
        for given in described.inputs.values()
    )
    if elements <= MAX_ELEMENTS:
        return described
    sizes = {
        name: (least, min(most, max(USUAL, least + 1)))
        for name, (least, most) in described.open_sizes.items()
    }
    return replace(described, open_sizes=sizes)


def _first(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
