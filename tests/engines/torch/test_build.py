"""The commands of a Dockerfile: for PyTorch and, with the same description, for ONNX Runtime."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

from engines.torch.build import compiling, exporting
from engines.torch.build.description import Described, DescriptionError, Input
from tests.engines.torch.compiled import needs_compiler
from tests.model_directory import REPOSITORY

DESCRIPTIONS = """
import torch
from torch import nn
from engines.torch.build.description import Described, Input

class Doubled(nn.Module):
    def __init__(self, exported):
        super().__init__()
        self.exported = exported

    def forward(self, x, letters):
        factor = self.exported if torch.compiler.is_exporting() else 2
        return x * factor, letters + 1

def described(exported=2):
    letters = Input(torch.int64, ("n",), values=(0, 9))
    inputs = {"x": Input(torch.float32, ("n", 3)), "letters": letters}
    outputs = ["doubled", "next"]
    return Described(Doubled(exported).eval(), inputs, outputs, {"n": (1, 4)}, card={"a": "é"})

def otherwise():
    return described(3)

def nothing():
    return 3
"""
ENGINES = ["engines.torch.build", "engines.onnx.build"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with descriptions, like a model directory."""
    (tmp_path / "descriptions.py").write_text(DESCRIPTIONS)
    return tmp_path


def build(folder: Path, engine: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command in the folder."""
    command = [sys.executable, "-W", "ignore", "-m", engine, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@needs_compiler
@pytest.mark.parametrize("engine", ENGINES)
def test_a_network_that_answers_as_pytorch_does_is_written(folder: Path, engine: str) -> None:
    ran = build(folder, engine, "descriptions:described", ".")
    assert ran.returncode == 0, ran.stderr
    assert "doubled: within 0 of PyTorch in 7 samples\nnext: within 0" in ran.stdout
    assert json.loads((folder / "card.json").read_text()) == {"a": "é"}
    written = {path.name for path in folder.iterdir() if path.name.startswith("network")}
    assert written == ({"network.so", "network.json"} if "torch" in engine else {"network.onnx"}), (
        "weights of a kilobyte or more would lie beside it"
    )


@needs_compiler
@pytest.mark.parametrize("engine", ENGINES)
def test_one_that_answers_otherwise_ends_the_build_with_the_output_s_name(
    folder: Path, engine: str
) -> None:
    ran = build(folder, engine, "descriptions:otherwise", ".")
    assert ran.returncode == 1
    assert f"{engine}: doubled, of the sample noise of n 1: element 0 is " in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("descriptions", "must be named as MODULE:FUNCTION, got descriptions"),
        ("descriptions:absent", "descriptions has no function absent"),
        ("descriptions:nothing", "must return a Described, got int"),
    ],
)
def test_another_function_is_refused(folder: Path, function: str, message: str) -> None:
    ran = build(folder, "engines.torch.build", function, ".")
    assert ran.returncode == 1
    assert ran.stderr.startswith("engines.torch.build: ") and message in ran.stderr


class Singular(nn.Module):
    """An operator that PyTorch's C interface does not have."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (n, 3, 3) to (n, 3)."""
        values: torch.Tensor = torch.linalg.svdvals(x)
        return values


@needs_compiler
def test_an_operator_that_needs_pytorch_s_python_package_is_refused(tmp_path: Path) -> None:
    rows = {"x": Input(torch.float32, ("n", 3, 3))}
    described = Described(Singular().eval(), rows, ["values"], {"n": (1, 4)})
    with pytest.raises(DescriptionError, match="calls aten::_linalg_svd, which PyTorch compiles"):
        compiling.compile_to(exporting.exported(described), tmp_path / "network.so")
