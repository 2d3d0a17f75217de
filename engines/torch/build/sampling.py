"""Samples of a described network: random inputs of several sizes, and what PyTorch answers."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from ctypes import string_at

import torch
from torch import Generator, Tensor
from torch.utils._pytree import tree_leaves

from engines.torch.build.answers import Answers, Output, Raw, Sample
from engines.torch.build.description import Described

DRAWN = 4  # times that inputs are drawn beside those of the least and the largest sizes, 1 and 2
# How far outputs may be off, relatively and absolutely; those of other types not at all.
TOLERANCES = {"float16": (1e-2, 1e-2), "float32": (1e-3, 1e-4), "float64": (1e-6, 1e-8)}


def answers(described: Described) -> Answers:
    """What PyTorch, not compiled, makes of random inputs and of the samples that are described."""
    samples, kinds = [], []
    for name, inputs in (*_drawn(described), *_given(described)):
        outputs = _outputs(described, inputs)
        kinds = [str(output.dtype).removeprefix("torch.") for output in outputs]
        samples.append(Sample(name, [_raw(given) for given in inputs], [_raw(o) for o in outputs]))
    named = zip(described.outputs, kinds, strict=True)
    return Answers([_output(described, name, kind) for name, kind in named], samples)


def _output(described: Described, name: str, kind: str) -> Output:
    rtol, atol = TOLERANCES.get(kind, (0.0, 0.0))
    if kind in TOLERANCES:
        rtol = rtol if described.rtol is None else described.rtol
        atol = atol if described.atol is None else described.atol
    return Output(name, kind, rtol, atol)


def _drawn(described: Described) -> Iterator[tuple[str, list[Tensor]]]:
    generator = Generator().manual_seed(0)
    for sizes in _sizes(described.open_sizes, generator):
        words = " x ".join(f"{name} {size}" for name, size in sizes.items())
        inputs = [given.random(sizes, generator) for given in described.inputs.values()]
        yield f"noise{words and ' of '}{words}", inputs


def _sizes(
    open_sizes: Mapping[str, tuple[int, int]], generator: Generator
) -> Iterator[dict[str, int]]:
    edges = []
    for size in (0, 1, 2, sys.maxsize) if open_sizes else ():
        edges.append({n: min(max(size, least), most) for n, (least, most) in open_sizes.items()})
    yield from (sizes for index, sizes in enumerate(edges) if sizes not in edges[:index])
    for _ in range(DRAWN):
        yield {
            name: int(torch.randint(least, largest + 1, (), generator=generator))
            for name, (least, largest) in open_sizes.items()
        }


def _given(described: Described) -> Iterator[tuple[str, list[Tensor]]]:
    for number, inputs in enumerate(described.samples):
        yield f"number {number} of the given ones", list(inputs)


def _outputs(described: Described, inputs: Sequence[Tensor]) -> list[Tensor]:
    with torch.inference_mode():
        outputs: list[Tensor] = tree_leaves(described.network(*inputs))
    return outputs


def _raw(tensor: Tensor) -> Raw:
    content = tensor.contiguous()
    bytes_count = content.numel() * content.element_size()
    return tuple(content.shape), string_at(content.data_ptr(), bytes_count) if bytes_count else b""
