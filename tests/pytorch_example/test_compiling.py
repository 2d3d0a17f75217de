import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.pytorch_example.compiled import SIDE, crop, folder, trained
from tests.pytorch_example.parts import DIRECTORY, part

compiling = part("export.compiling")
libtorch = part("libtorch")
__all__ = "folder", "trained"  # fixtures
SHAPE = (1, SIDE, SIDE, 3)


def pixels_of(name: str) -> bytes:
    """A photograph of the test data, or noise."""
    return crop(name) if name.endswith(".jpg") else random.Random(0).randbytes(3 * SIDE * SIDE)


def eager(trained: Any, pixels: bytes) -> list[float]:
    """The percentages of the network as it was before it was compiled."""
    image = torch.frombuffer(bytearray(pixels), dtype=torch.uint8).view(SHAPE)
    percents: list[float] = compiling.percentages(trained, image)[0].tolist()
    return percents


def run_limited(folder: Path, instructions: str) -> tuple[list[float], float]:
    """What a process predicts whose oneDNN uses these instructions at most, and its best time."""
    code = """
import json, sys, time
from pathlib import Path
from libtorch import Network
folder, seconds = Path(sys.argv[1]), []
network = Network(folder / "network.so", (1, 224, 224, 3), threads=1)
for _ in range(30):
    started = time.perf_counter()
    percents = network.run((folder / "noise").read_bytes())
    seconds.append(time.perf_counter() - started)
print(json.dumps([percents, min(seconds)]))
"""
    environment = {**os.environ, "ONEDNN_MAX_CPU_ISA": instructions}
    command = [sys.executable, "-c", code, str(folder)]
    app = DIRECTORY / "app"
    ran = subprocess.run(command, check=True, capture_output=True, cwd=app, env=environment)
    percents, best_seconds = json.loads(ran.stdout)
    return percents, best_seconds


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", ["dog.jpg", "cat_720p.jpg", "hot_dog.jpg", "noise"])
def test_the_compiled_network_agrees_with_the_eager_one(
    folder: Path, trained: Any, name: str, threads: int
) -> None:
    pixels = pixels_of(name)
    compiled = libtorch.Network(folder / "network.so", SHAPE, threads).run(pixels)
    assert compiled == pytest.approx(eager(trained, pixels), abs=1e-3)


def test_the_network_has_no_instruction_that_only_some_of_lambda_s_machines_have(
    folder: Path,
) -> None:
    command = ["objdump", "-d", "--no-show-raw-insn", str(folder / "network.so")]
    code = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert re.search(r"%[xyz]mm\d|\bv\d+\.", code)  # there are vectors
    assert not re.search(r"%zmm\d|%k[1-7]\b", code)  # but no AVX-512


def test_without_avx_512_the_same_is_predicted_in_not_much_more_time(
    folder: Path, trained: Any
) -> None:
    (folder / "noise").write_bytes(pixels_of("noise"))
    limited, limited_seconds = run_limited(folder, "AVX2")
    _, seconds = run_limited(folder, "DEFAULT")
    assert limited == pytest.approx(eager(trained, pixels_of("noise")), abs=1e-3)
    assert limited_seconds < 2.5 * seconds


def test_the_card_has_what_a_photograph_is_prepared_by(folder: Path, trained: Any) -> None:
    card = json.loads((folder / "card.json").read_text())
    assert card == {"side": 224, "resize": 256, "labels": list(trained.labels)}
