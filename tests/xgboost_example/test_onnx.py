from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.pins import pins

from .conftest import DIRECTORY


@pytest.fixture
def comparison(export: dict[str, ModuleType]) -> ModuleType:
    return export["comparison"]


def test_the_engine_s_image_has_the_packages_of_onnx_example() -> None:
    found = pins("xgboost-example/variants/onnx/requirements.txt")
    assert found == pins("onnx-example/app/requirements.txt")


def test_the_trees_are_converted_by_the_xgboost_that_the_other_image_has() -> None:
    native = pins("xgboost-example/app/requirements.txt")["xgboost-cpu"]
    assert pins("xgboost-example/requirements-train.txt")["xgboost-cpu"] == native


def test_the_rows_compared_are_the_whole_table(
    comparison: ModuleType, table: NDArray[np.float64]
) -> None:
    rows = comparison.read_rows(DIRECTORY / "boston.csv", 13)
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


def test_zero_against_zero_is_no_difference(comparison: ModuleType) -> None:
    assert comparison.check(np.zeros(3, np.float32), np.zeros(3)) == 0
    assert comparison.check(np.array([0, 20], np.float32), np.array([1e-6, 20])) < 1e-4
    with pytest.raises(comparison.DifferenceError, match=r"^row 0: XGBoost predicts 0.0, "):
        comparison.check(np.array([0, 20], np.float32), np.array([1e-3, 20]))


def test_what_is_not_a_number_is_only_like_itself(comparison: ModuleType) -> None:
    native = np.array([np.nan, np.inf, -np.inf, 1], np.float32)
    assert comparison.check(native, native.astype(np.float64)) == 0
    for place in range(4):
        served = native.astype(np.float64)
        served[place] = {0: 1, 1: -np.inf, 2: 1e39, 3: np.nan}[place]
        with pytest.raises(comparison.DifferenceError, match=f"^row {place}: "):
            comparison.check(native, served)


def test_one_of_several_numbers_a_row_is_enough_of_a_difference(comparison: ModuleType) -> None:
    native = np.array([[0.25, 0.75], [0.5, 0.5]], np.float32)
    with pytest.raises(comparison.DifferenceError, match=r"^row 1: XGBoost predicts 0.5, "):
        comparison.check(native, np.array([[0.25, 0.75], [0.5, 0.51]]))


def test_another_shape_is_a_difference(comparison: ModuleType) -> None:
    with pytest.raises(comparison.DifferenceError, match=r"shape \(2,\), this image \(6,\)"):
        comparison.check(np.zeros(2, np.float32), np.zeros(6))


def test_a_table_of_other_columns_is_refused_with_what_to_do(comparison: ModuleType) -> None:
    with pytest.raises(
        comparison.DifferenceError, match=r"boston\.csv has 13 columns .* takes 4: "
    ):
        comparison.read_rows(DIRECTORY / "boston.csv", 4)
