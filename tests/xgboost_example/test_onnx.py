import importlib.util
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.model_directory import REPOSITORY

from .conftest import DIRECTORY


@pytest.fixture(scope="module")
def comparison() -> ModuleType:
    """export/comparison.py; its package has the name of another model directory's."""
    spec = importlib.util.spec_from_file_location(
        "xgboost_comparison", DIRECTORY / "export/comparison.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pins(path: str) -> set[str]:
    return {line for line in (REPOSITORY / path).read_text().splitlines() if "==" in line}


def test_the_engine_s_image_has_the_packages_of_onnx_example() -> None:
    found = pins("xgboost-example/variants/onnx/requirements.txt")
    assert found == pins("onnx-example/app/requirements.txt")


def test_the_trees_are_converted_by_the_xgboost_that_the_other_image_has() -> None:
    (native,) = (pin for pin in pins("xgboost-example/app/requirements.txt") if "xgboost" in pin)
    assert native in pins("xgboost-example/export/requirements.txt")


def test_the_rows_compared_are_the_whole_table(
    comparison: ModuleType, table: NDArray[np.float64]
) -> None:
    rows = comparison.read_rows(DIRECTORY / "boston.csv")
    assert np.array_equal(rows, table[:, :-1].astype(np.float32)) and rows.shape == (506, 13)


def test_predictions_within_a_ten_thousandth_are_taken(comparison: ModuleType) -> None:
    native = np.array([-10, 20], dtype=np.float32)
    assert comparison.check(native, np.array([-10.0009, 20.0])) == pytest.approx(9e-5, rel=1e-3)


@pytest.mark.parametrize("served", [20.0021, float("nan"), float("inf")])
def test_a_prediction_that_is_further_off_is_refused_with_its_row(
    comparison: ModuleType, served: float
) -> None:
    native = np.array([-10, 20, 30], dtype=np.float32)
    with pytest.raises(comparison.DifferenceError, match=r"^row 1: XGBoost predicts 20.0, "):
        comparison.check(native, np.array([-10, served, 30]))
