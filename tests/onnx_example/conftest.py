"""The app of onnx-example with any model in it."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from .models import app_with, identity

MakeApp = Callable[[Path], ModuleType]


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    """Makes the app of a model file."""
    return lambda model: app_with(model, tmp_path)


@pytest.fixture
def echo(tmp_path: Path, make_app: MakeApp) -> Callable[..., ModuleType]:
    """Makes the app of a model that answers its input x, of a type and shape, as y."""
    return lambda kind, shape: make_app(identity(tmp_path / "echo.onnx", kind, shape))
