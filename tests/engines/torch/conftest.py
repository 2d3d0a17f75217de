"""The compiled networks, once a session."""

import pytest

from tests.engines.torch import networks
from tests.engines.torch.compiled import Compiled, compile_into


@pytest.fixture(scope="session")
def layers(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """Convolutions, a recurrent layer, attention, a table."""
    return compile_into(tmp_path_factory.mktemp("layers"), networks.layers())


@pytest.fixture(scope="session")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """Numbers of every kind."""
    return compile_into(tmp_path_factory.mktemp("kinds"), networks.kinds())


@pytest.fixture(scope="session")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> Compiled:
    """Outputs of unusual shapes and strides."""
    return compile_into(tmp_path_factory.mktemp("shapes"), networks.shapes())
