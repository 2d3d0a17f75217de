"""The modules of network/, and app/model.py, which needs no stand-in."""

import sys
from importlib import import_module
from types import ModuleType

import pytest

from tests.model_directory import REPOSITORY

DIRECTORY = REPOSITORY / "pytorch-example"


def part(name: str) -> ModuleType:
    """A module by its name, like network.weights or model."""
    folder = DIRECTORY if name.startswith("network") else DIRECTORY / "app"
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        module = import_module(name)
    if not name.startswith("network"):
        del sys.modules[name]  # another model directory has a module of this name
    return module
