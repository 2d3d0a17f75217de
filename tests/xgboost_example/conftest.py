"""The code of xgboost-example/app/, its data, and what XGBoost itself predicts from it."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import xgboost
from numpy.typing import NDArray

from tests.model_directory import REPOSITORY, import_app

from .images import build, remove, run

DIRECTORY = REPOSITORY / "xgboost-example"
# An image whose micromamba puts the compiled library where conda-forge's would be.
MICROMAMBA = """
FROM {source} AS source
FROM {base}
COPY --from=source /opt/venv/lib/python3.11/site-packages/xgboost/lib/ /library/
RUN printf '%s\\n' '#!/bin/sh -e' '[ "$1" = install ] || exit 0' 'mkdir -p /opt/conda/lib' \\
        'cp /library/* /opt/conda/lib/' > /bin/micromamba \\
    && chmod +x /bin/micromamba
"""


@pytest.fixture(scope="session")
def modules() -> dict[str, ModuleType]:
    """The modules of app/, by name."""
    return import_app("xgboost-example")


@pytest.fixture(scope="session")
def export() -> dict[str, ModuleType]:
    """The modules of export/, by name; its package has the name of another model directory's."""
    names = [f"export.{path.stem}" for path in (DIRECTORY / "export").glob("[!_]*.py")]
    sys.path.insert(0, str(DIRECTORY))
    try:
        return {name.removeprefix("export."): importlib.import_module(name) for name in names}
    finally:
        sys.path.remove(str(DIRECTORY))
        for name in ("export", *names):
            sys.modules.pop(name, None)


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


@pytest.fixture(scope="session")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the contexts of the images are staged."""
    return tmp_path_factory.mktemp("build")


@pytest.fixture(scope="session")
def onnx_image(base_image: str, contexts: Path) -> Iterator[str]:
    """The image with ONNX Runtime."""
    image = build(DIRECTORY, "Dockerfile.onnx", contexts, BASE_IMAGE=base_image)
    yield image
    remove(image)


@pytest.fixture(scope="session")
def source_image(base_image: str, contexts: Path) -> Iterator[str]:
    """The image with XGBoost compiled from its source, which takes minutes the first time."""
    image = build(DIRECTORY, "Dockerfile.source", contexts, BASE_IMAGE=base_image)
    yield image
    remove(image)


@pytest.fixture(scope="session")
def conda_image(base_image: str, source_image: str, contexts: Path) -> Iterator[str]:
    """The image with conda-forge's library, but for where that is from."""
    stand_in = f"{source_image}-micromamba"
    dockerfile = MICROMAMBA.format(base=base_image, source=source_image)
    run("docker", "build", "-q", "-t", stand_in, "-", stdin=dockerfile)
    arguments = {"BASE_IMAGE": base_image, "MICROMAMBA_IMAGE": stand_in}
    image = build(DIRECTORY, "Dockerfile.conda", contexts, **arguments)
    yield image
    remove(image)
    remove(stand_in)
