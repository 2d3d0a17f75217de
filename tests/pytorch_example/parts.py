"""The modules of export/, and app/model.py and app/libtorch.py, which need no stand-in."""

import sys
from importlib import import_module
from types import ModuleType

import pytest

from tests.model_directory import REPOSITORY

DIRECTORY = REPOSITORY / "pytorch-example"


def part(name: str) -> ModuleType:
    """A module by its name, like export.weights, libtorch or model."""
    folder = DIRECTORY if name.startswith("export") else DIRECTORY / "app"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        module = import_module(name)
    if not name.startswith("export"):
        del sys.modules[name]  # another model directory has a module of this name
    return module
