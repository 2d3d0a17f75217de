"""The code of xgboost-example/app/, its data, and what XGBoost itself predicts from it."""

from types import ModuleType

import numpy as np
import pytest
import xgboost
from numpy.typing import NDArray

from tests.model_directory import REPOSITORY, import_app

DIRECTORY = REPOSITORY / "xgboost-example"


@pytest.fixture(scope="session")
def modules() -> dict[str, ModuleType]:
    """The modules of app/, by name."""
    return import_app("xgboost-example")


@pytest.fixture(scope="session")
def table() -> NDArray[np.float64]:
    """boston.csv: shape (506, 14), the price last."""
    return np.loadtxt(DIRECTORY / "boston.csv", delimiter=",", skiprows=1)


@pytest.fixture(scope="session")
def xgboost_predictions(table: NDArray[np.float64]) -> list[float]:
    """What XGBoost's own Python package predicts for every row of the table."""
    booster = xgboost.Booster(model_file=DIRECTORY / "app/model.ubj")
    predictions: list[float] = booster.inplace_predict(table[:, :-1].astype(np.float32)).tolist()
    return predictions
