"""The app of any model of tensors."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from apps.tensors import serve
from engines.onnx import Session
from tests.engines.onnx.models import identity


class App(NamedTuple):
    """What an image's module `app` has."""

    handler: Any


MakeApp = Callable[[Path], App]
Echo = Callable[..., App]


def app_of(model: Path) -> App:
    """The app of a model file."""
    return App(serve(Session(model)))


@pytest.fixture
def make_app() -> MakeApp:
    """Make the app of a model file."""
    return app_of


@pytest.fixture
def echo(tmp_path: Path) -> Echo:
    """Make the app of a model that answers its input x, of a type and shape, as y."""
    return lambda kind, shape: app_of(identity(tmp_path / "echo.onnx", kind, shape))
