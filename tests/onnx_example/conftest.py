"""The modules of onnx-example, and its app with any model in it."""

import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.engines.onnx.models import identity
from tests.model_directory import REPOSITORY, import_app

DIRECTORY = REPOSITORY / "onnx-example"
MODULES = import_app("onnx-example")
MakeApp = Callable[[Path], ModuleType]


def app_with(model: Path, directory: Path) -> ModuleType:
    """The module app of a copy of onnx-example with another model."""
    copy = directory / "app"
    shutil.copytree(DIRECTORY / "app", copy, dirs_exist_ok=True)
    shutil.copy(model, copy / "model.onnx")
    # An absolute path stays one when it is joined to the repository's.
    return import_app(str(directory))["app"]


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    """Make the app of a model file."""
    return lambda model: app_with(model, tmp_path)


@pytest.fixture
def echo(tmp_path: Path, make_app: MakeApp) -> Callable[..., ModuleType]:
    """Make the app of a model that answers its input x, of a type and shape, as y."""
    return lambda kind, shape: make_app(identity(tmp_path / "echo.onnx", kind, shape))
