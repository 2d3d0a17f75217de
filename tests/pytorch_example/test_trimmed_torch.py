"""PyTorch's library without some constructors, under networks unlike MobileNetV2."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tests.pytorch_example.parts import DIRECTORY, part

compiling, constructors, trained = map(
    part, ("export.compiling", "export.constructors", "export.trained")
)
SIDE = 32
RUN = """
import json, sys
from libtorch import Network
network = Network(sys.argv[1], (1, 32, 32, 3), threads=1)
print(json.dumps(network.run(open(sys.argv[2], "rb").read())))
"""


class Sequences(nn.Module):
    """Convolution in one dimension, a recurrent layer, attention and a spectrum."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv1d(3, 3, 3, padding=1, groups=3)
        self.recurrent = nn.LSTM(SIDE, 16, batch_first=True)
        self.attention = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)

    def forward(self, images: Tensor) -> Tensor:
        """Shape (N, 3, SIDE, SIDE) to (N, 16)."""
        rows = self.convolution(images.mean(2)) + torch.fft.fft2(images).abs().mean(2)
        answer: Tensor = self.attention(self.recurrent(rows)[0]).mean(1)
        return answer


class Choices(nn.Module):
    """Operators whose results depend on what is there: places, masks, ranks, a table."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(8, 16)

    def forward(self, images: Tensor) -> Tensor:
        """Shape (N, 3, SIDE, SIDE) to (N, 16)."""
        flat = images.flatten(1)
        places = (flat > 0).nonzero().float().mean()
        ranked = flat.kthvalue(5, 1).values + flat.cummax(1).values[:, -1] + flat[flat > 1].sum()
        best = flat.topk(16).indices % 8
        chosen: Tensor = self.table(best).mean(1) + flat.sort(1).values[:, :16]
        return chosen + places + ranked[:, None]


@pytest.fixture(scope="module")
def trimmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for PYTHONPATH whose torch is the libraries alone, trimmed as the image's are."""
    folder = tmp_path_factory.mktemp("trimmed")
    libraries = folder / "torch" / "lib"
    libraries.mkdir(parents=True)
    (folder / "torch" / "__init__.py").touch()
    for path in Path(torch.__file__).with_name("lib").iterdir():
        if path.name != "libtorch_cpu.so":
            (libraries / path.name).symlink_to(path)
            continue
        copy = libraries / path.name
        copy.write_bytes(path.read_bytes())
        assert constructors.drop(copy, constructors.unneeded(copy)) == 70
    return folder


def answers(network: Path, pixels: Path, packages: Path) -> Any:
    """What a new process with the libraries of a folder predicts."""
    environment = {**os.environ, "PYTHONPATH": f"{packages}:{DIRECTORY / 'app'}"}
    command = [sys.executable, "-c", RUN, str(network), str(pixels)]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize("kind", [Sequences, Choices])
def test_networks_of_other_kinds_answer_as_with_the_whole_library(
    tmp_path: Path, trimmed: Path, kind: type[nn.Module]
) -> None:
    torch.manual_seed(0)
    labels = tuple(str(number) for number in range(16))
    third = (0.3, 0.3, 0.3)
    compiling.write(trained.Trained(kind().eval(), labels, SIDE, SIDE, third, third), tmp_path)
    pixels = tmp_path / "noise"
    pixels.write_bytes(random.Random(0).randbytes(3 * SIDE * SIDE))
    whole = answers(tmp_path / "network.so", pixels, Path(torch.__file__).parents[1])
    assert sum(whole) == pytest.approx(100, abs=0.01)
    assert answers(tmp_path / "network.so", pixels, trimmed) == whole
