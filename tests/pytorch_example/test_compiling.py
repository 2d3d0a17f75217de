import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engines.tensor import Tensor
from engines.torch import Network
from engines.torch.build.description import Described
from tests.model_directory import REPOSITORY
from tests.pytorch_example.compiled import SIDE, crop, described, eager, folder

__all__ = "described", "folder"  # fixtures
SHAPE = (1, SIDE, SIDE, 3)


def pixels_of(name: str) -> bytes:
    """A photograph of the test data, or noise."""
    return crop(name) if name.endswith(".jpg") else random.Random(0).randbytes(3 * SIDE * SIDE)


def run_limited(folder: Path, instructions: str) -> tuple[list[float], float]:
    """What a process predicts whose oneDNN uses these instructions at most, and its best time."""
    code = """
import json, sys, time
from pathlib import Path
from engines.tensor import Tensor, nested
from engines.torch import Network
folder, seconds = Path(sys.argv[1]), []
network = Network(folder / "network.so", threads=1)
noise = Tensor((1, 224, 224, 3), (folder / "noise").read_bytes())
for _ in range(30):
    started = time.process_time()
    (percents,) = network.run([noise])
    seconds.append(time.process_time() - started)
print(json.dumps([nested(network.outputs[0].kind, percents)[0], min(seconds)]))
"""
    environment = {**os.environ, "ONEDNN_MAX_CPU_ISA": instructions}
    command = [sys.executable, "-c", code, str(folder)]
    ran = subprocess.run(command, check=True, capture_output=True, cwd=REPOSITORY, env=environment)
    percents, best_seconds = json.loads(ran.stdout)
    return percents, best_seconds


@pytest.mark.parametrize("name", ["dog.jpg", "cat_720p.jpg", "hot_dog.jpg", "noise"])
def test_the_compiled_network_agrees_with_the_eager_one(
    folder: Path, described: Described, name: str
) -> None:
    pixels = pixels_of(name)
    (compiled,) = Network(folder / "network.so").run([Tensor(SHAPE, pixels)])
    percents = memoryview(compiled.content).cast("f").tolist()  # type: ignore[arg-type]
    assert percents == pytest.approx(eager(described, pixels), abs=1e-3)


def test_the_network_has_no_instruction_that_only_some_of_lambda_s_machines_have(
    folder: Path,
) -> None:
    command = ["objdump", "-d", "--no-show-raw-insn", str(folder / "network.so")]
    code = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert re.search(r"%[xyz]mm\d|\bv\d+\.", code)  # there are vectors
    assert not re.search(r"%zmm\d|%k[1-7]\b", code)  # but no AVX-512


@pytest.mark.timing
def test_without_avx_512_the_same_is_predicted_in_not_much_more_time(
    folder: Path, described: Described
) -> None:
    (folder / "noise").write_bytes(pixels_of("noise"))
    limited, limited_seconds = run_limited(folder, "AVX2")
    _, seconds = run_limited(folder, "DEFAULT")
    assert limited == pytest.approx(eager(described, pixels_of("noise")), abs=1e-3)
    assert limited_seconds < 2 * seconds


def test_the_card_has_what_a_photograph_is_prepared_by(folder: Path, described: Described) -> None:
    assert described.card
    card = json.loads((folder / "card.json").read_text())
    assert card == {"side": 224, "resize": 256, "labels": list(described.card["labels"])}
