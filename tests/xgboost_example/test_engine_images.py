from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.bare import check_bare

from .images import check_example, files_of, prices, size_mb, without_bytecode

pytestmark = pytest.mark.docker
MOST_MB_ABOVE_THE_BASE = {"onnx": 45, "source": 20, "conda": 20}


@pytest.fixture(scope="module", params=MOST_MB_ABOVE_THE_BASE)
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def image(engine: str, request: pytest.FixtureRequest) -> str:
    name: str = request.getfixturevalue(f"{engine}_image")
    return name


@pytest.mark.parametrize("memory_mib", ["128", "3538"])
def test_the_image_answers_the_example_as_lambda_runs_it(image: str, memory_mib: str) -> None:
    check_example(image, memory_mib)


def test_every_row_is_answered_as_xgboost_predicts_it_alone_and_among_others(
    image: str, table: NDArray[np.float64], xgboost_predictions: list[float]
) -> None:
    together, alone = prices(image, table[:, :-1].tolist())
    assert together == pytest.approx(xgboost_predictions, rel=1e-4)
    assert alone == pytest.approx(xgboost_predictions, rel=1e-4)


def test_the_image_is_not_much_larger_than_its_base(
    engine: str, image: str, base_image: str
) -> None:
    assert size_mb(image) - size_mb(base_image) < MOST_MB_ABOVE_THE_BASE[engine]


def test_every_module_has_its_bytecode(image: str) -> None:
    files: list[Path] = files_of(image)
    assert files and without_bytecode(files) == set()


def test_what_only_builds_need_is_not_in_the_image(image: str) -> None:
    check_bare(image)
