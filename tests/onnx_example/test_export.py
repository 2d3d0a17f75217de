"""The export of a pipeline of scikit-learn that README shows, run as it stands there."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from apps.tensors import serve
from engines.onnx import Session
from tests.environments import python_of
from tests.model_directory import REPOSITORY
from tests.pages import code_blocks, section

README = "onnx-example/README.md"
TABLE = REPOSITORY / "sklearn-example" / "penguins.csv"
PROGRAM = Path(__file__).with_name("export.py")
KINDS = {"f": "float64", "i": "int64", "O": "string"}


def snippet() -> str:
    """The lines for a frame of mixed columns."""
    blocks = code_blocks(section(README, "## Exporting a model"))
    (found,) = [block for block in blocks if "initial_types=" in block]
    return found


def exported(model: str, code: str, folder: Path) -> Any:
    """Export a pipeline into a folder; what scikit-learn itself answers."""
    (folder / "snippet.py").write_text(code)
    python = str(python_of("onnx_example/skl2onnx.txt"))
    subprocess.run([python, PROGRAM, model, "snippet.py", TABLE], cwd=folder, check=True)
    return json.loads((folder / "expected.json").read_text())


def difference(expected: Any, folder: Path) -> float:
    """The greatest of the probabilities that the app answers from scikit-learn's."""
    answer = serve(Session(folder / "model.onnx", 1))(expected["columns"], None)
    assert answer["label"] == expected["predictions"]
    apart = np.subtract(answer["probabilities"], expected["probabilities"])
    return float(np.abs(apart).max())


@pytest.fixture(scope="module")
def linear(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    folder = tmp_path_factory.mktemp("linear")
    return exported("linear", snippet(), folder), folder


def test_a_linear_model_answers_as_scikit_learn(linear: tuple[Any, Path]) -> None:
    assert difference(*linear) < 1e-12


def test_each_column_is_an_input_of_its_own_kind(linear: tuple[Any, Path]) -> None:
    expected, folder = linear
    found = {port.name: port.kind.name for port in Session(folder / "model.onnx", 1).inputs}
    assert found == {name: KINDS[kind] for name, kind in expected["kinds"].items()}
    assert set(found.values()) == set(KINDS.values())


def test_trees_answer_as_scikit_learn_with_the_type_that_it_names(tmp_path: Path) -> None:
    code = snippet().replace("DoubleTensorType", "FloatTensorType")
    assert difference(exported("trees", code, tmp_path), tmp_path) < 1e-6
