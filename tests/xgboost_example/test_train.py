import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.model_directory import example

from .conftest import DIRECTORY

BOSTON_SHA256 = "79ac716620024011b03c0c44d2bf99069b8173649181926d9109c25475a3804c"
HELD_OUT = 101


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the model directory, without its model, in which train.py has run."""
    directory = tmp_path_factory.mktemp("copy") / "xgboost-example"
    shutil.copytree(DIRECTORY, directory, ignore=shutil.ignore_patterns("*.ubj", "__pycache__"))
    readme = directory / "README.md"
    readme.write_text(re.sub(r"RMSE[^|]*\|[^|]*\|", "RMSE | unknown |", readme.read_text()))
    subprocess.run([sys.executable, "train.py"], cwd=directory, check=True)
    return directory


@pytest.fixture(scope="module")
def held_out() -> NDArray[np.intp]:
    return np.random.default_rng(0).permutation(506)[:HELD_OUT]


def rmse(predicted: NDArray[np.float64] | float, prices: NDArray[np.float64]) -> float:
    return float(np.sqrt(np.mean((predicted - prices) ** 2)))


def test_the_data_is_the_506_rows_that_scikit_learn_shipped(table: NDArray[np.float64]) -> None:
    assert table.shape == (506, 14)
    assert hashlib.sha256((DIRECTORY / "boston.csv").read_bytes()).hexdigest() == BOSTON_SHA256


def test_training_again_gives_the_committed_model_byte_for_byte(trained: Path) -> None:
    model = Path("app/model.ubj")
    assert (trained / model).read_bytes() == (DIRECTORY / model).read_bytes()


def test_training_again_gives_the_committed_card(trained: Path) -> None:
    assert (trained / "README.md").read_text() == (DIRECTORY / "README.md").read_text()


def test_the_card_s_errors_are_those_of_the_held_out_rows(
    table: NDArray[np.float64],
    xgboost_predictions: list[float],
    held_out: NDArray[np.intp],
) -> None:
    prices = table[:, -1]
    mean = float(np.delete(prices, held_out).mean())
    errors = [
        rmse(np.array(xgboost_predictions)[held_out], prices[held_out]),
        rmse(mean, prices[held_out]),
    ]
    readme = (DIRECTORY / "README.md").read_text()
    card = re.findall(r"^\| RMSE .*\| (\S+) \(\$1000s\) \|$", readme, re.MULTILINE)
    assert card == [f"{error:.3f}" for error in errors]
    assert errors[0] < errors[1] / 3


def test_the_example_is_a_row_that_was_held_out_with_its_true_price(
    table: NDArray[np.float64], held_out: NDArray[np.intp]
) -> None:
    row = [*example("xgboost-example")["request"]["input_X"]]
    (index,) = np.flatnonzero((table[:, :-1] == row).all(axis=1))
    assert index in held_out
    assert table[index, -1] == example("xgboost-example")["answer"]["prediction"]
