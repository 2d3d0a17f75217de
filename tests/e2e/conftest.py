"""Models on the local AWS of the test run, with which they go."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.model import Model
from tests.local.instance import REPOSITORY, Instance
from tests.page.conftest import browser, open_page

__all__ = ["browser", "new_model", "open_page"]


@pytest.fixture
def new_model(instance: Instance, tmp_path: Path) -> Iterator[Callable[..., Model]]:
    """Makes a model directory, with a space in its path, from one of the examples."""
    made: list[Model] = []

    def new(name: str, example: str = "base-example") -> Model:
        made.append(Model(instance, tmp_path / "user's models" / name, example))
        return made[-1]

    yield new
    for model in made:
        shutil.rmtree(REPOSITORY / ".build" / model.name, ignore_errors=True)
