"""The Python of other tools' clients and servers."""

from pathlib import Path

import pytest

from tests.environments import python_of


@pytest.fixture(scope="session")
def clients() -> Path:
    """The Python that has them."""
    return python_of("apps/doors/clients.txt")
