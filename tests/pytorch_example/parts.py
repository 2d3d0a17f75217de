"""The modules of network/, and app/model.py, which needs no stand-in."""

from importlib import import_module
from types import ModuleType

import pytest

from tests.model_directory import REPOSITORY, import_app

DIRECTORY = REPOSITORY / "pytorch-example"


def part(name: str) -> ModuleType:
    """A module by its name, like network.weights or model; none of app/ stays importable."""
    if not name.startswith("network"):
        return import_app("pytorch-example", name)[name]
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(DIRECTORY)
        return import_module(name)
