"""Running an engine on numpy's arrays, and programs with an engine in processes of their own."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.engine import Engine
from engines.tensor import Tensor
from tests.model_directory import REPOSITORY


def run(engine: Engine, rows: NDArray[Any]) -> NDArray[Any]:
    """What an engine with one input and one output answers, in the types that it declares."""
    (taken,), (given,) = engine.inputs, engine.outputs
    content = rows.astype(taken.kind.name).tobytes()
    (answer,) = engine.run([Tensor(rows.shape, content)])
    assert isinstance(answer.content, bytes)
    return np.frombuffer(answer.content, given.kind.name).reshape(answer.shape)


def run_alone(home: Path, program: str, *arguments: Path) -> str:
    """What a program prints in a process with no other engines or variables."""
    start = "import os, sys, time; from engines.tensor import Tensor\n"
    done = subprocess.run(
        [sys.executable, "-c", start + program, *arguments],
        env={"PYTHONPATH": str(REPOSITORY), "HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout
