"""The Python of other tools' clients and servers."""

from pathlib import Path

import pytest

from .environment import clients_python


@pytest.fixture(scope="session")
def clients() -> Path:
    """The Python that has them."""
    return clients_python()
