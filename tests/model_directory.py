"""A model directory as its image sees it: the modules of app/ by their bare names, and calls."""

import importlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.serving.recorded import Reply, reply_of, request

REPOSITORY = Path(__file__).parent.parent


def import_app(directory: str, *wanted: str) -> dict[str, ModuleType]:
    """The modules of a model directory's app/, by name; none stays importable for the next one.

    Args:
        directory: the model directory.
        wanted: the modules to import; all where none is named.
    """
    folder = REPOSITORY / directory / "app"
    names = [path.stem for path in folder.glob("*.py")]
    sys.path.insert(0, str(folder))
    try:
        return {name: importlib.import_module(name) for name in wanted or names}
    finally:
        sys.path.remove(str(folder))
        for name in names:
            sys.modules.pop(name, None)


def post(handler: Callable[[Any, Any], Any], body: str) -> Reply:
    """Sends a body to the model as API Gateway does, and reads the answer."""
    return reply_of(handler(request("rest", body), None))


def example(directory: str) -> dict[str, Any]:
    """A model directory's example.json."""
    value: dict[str, Any] = json.loads((REPOSITORY / directory / "example.json").read_text())
    return value
