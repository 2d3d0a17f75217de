"""What a network must answer: inputs with PyTorch's outputs, and how far another may be off.

It is written where PyTorch is, and read where only its library is, or another engine.
"""

import os
import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator
from math import isnan, prod
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from engines.torch.card import KIND_OF

Raw = tuple[tuple[int, ...], bytes]  # shape and elements
Number = int | float | bool


class DifferenceError(Exception):
    """The network answers otherwise than PyTorch; the message says which output, and how far."""


class Output(msgspec.Struct):
    """An output's name and kind, and how far it may be off."""

    name: str
    kind: str
    rtol: float
    atol: float


class Sample(msgspec.Struct):
    """Inputs, and PyTorch's outputs."""

    name: str
    inputs: list[Raw]
    outputs: list[Raw]


class Answers(msgspec.Struct):
    """All that a network is compared with."""

    outputs: list[Output]
    samples: list[Sample]


def read(path: Path) -> Answers:
    """Read what `write` wrote."""
    return msgspec.msgpack.decode(path.read_bytes(), type=Answers)


def write(answers: Answers, path: Path) -> None:
    """Write them into a file."""
    path.write_bytes(msgspec.msgpack.encode(answers))


def check(answers: Answers, engine: str, model: Path, packages: Path | None = None) -> None:
    """Compare what an engine computes in a process of its own, as in an image, with PyTorch.

    Args:
        answers: the samples.
        engine: module and class, such as engines.torch:Network.
        model: the file that it loads.
        packages: the folder of the engine's library, where it is not the installed one.

    Raises:
        DifferenceError: an output is too far off, or the process ended.
    """
    computed = _computed(answers, engine, model, packages)
    for index, output in enumerate(answers.outputs):
        furthest = 0.0
        for sample, outputs in zip(answers.samples, computed, strict=True):
            furthest = max(furthest, compare(output, sample, index, outputs[index]))
        print(f"{output.name}: within {furthest:.1g} of PyTorch in {len(answers.samples)} samples")


def _computed(answers: Answers, engine: str, model: Path, packages: Path | None) -> list[list[Raw]]:
    paths = [str(packages)] if packages else []
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*paths, *map(_named, sys.path)])}
    with TemporaryDirectory() as folder:
        given, made = Path(folder, "inputs"), Path(folder, "outputs")
        given.write_bytes(msgspec.msgpack.encode([sample.inputs for sample in answers.samples]))
        files = map(str, (model, given, made))
        command = [sys.executable, "-m", "engines.torch.build.running", engine, *files]
        ran = subprocess.run(command, env=environment, stderr=subprocess.PIPE, text=True)
        if ran.returncode:
            raise DifferenceError(f"{model.name} cannot be run: {ran.stderr.strip() or 'it died'}")
        return msgspec.msgpack.decode(made.read_bytes(), type=list[list[Raw]])


def _named(folder: str) -> str:
    return folder or os.getcwd()


def compare(output: Output, sample: Sample, index: int, computed: Raw) -> float:
    """Compare an output with PyTorch's.

    Returns:
        the largest difference between two elements.

    Raises:
        DifferenceError: its shape is another, or an element is too far off.
    """
    expected = sample.outputs[index]
    place = f"{output.name}, of the sample {sample.name}"
    if computed[0] != expected[0]:
        raise DifferenceError(f"{place}: the shape is {computed[0]}, PyTorch's {expected[0]}")
    if computed[1] == expected[1]:
        return 0.0
    pairs = list(zip(_numbers(output, computed), _numbers(output, expected), strict=True))
    for position, (got, wanted) in enumerate(pairs):
        if not _close(output, got, wanted):
            raise DifferenceError(
                f"{place}: element {position} is {got}, PyTorch's {wanted}: more than"
                f" {output.atol:g} + {output.rtol:g} x {abs(wanted):g} apart"
            )
    return max(_differences(pairs), default=0.0)


def _numbers(output: Output, raw: Raw) -> tuple[Number, ...]:
    shape, content = raw
    return struct.unpack(f"<{prod(shape)}{KIND_OF[output.kind].code}", content)


def _close(output: Output, got: Number, wanted: Number) -> bool:
    if isnan(got) or isnan(wanted):
        return isnan(got) and isnan(wanted)
    return got == wanted or abs(got - wanted) <= output.atol + output.rtol * abs(wanted)


def _differences(pairs: Iterable[tuple[Number, Number]]) -> Iterator[float]:
    return (abs(got - wanted) for got, wanted in pairs if got != wanted and not isnan(got))
