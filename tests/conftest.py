"""What the tests of every part share: one local AWS for the whole run."""

import gc
import subprocess
from collections.abc import Iterator

import pytest

from tests.local.instance import REPOSITORY, Instance

LOCAL_AWS = {"instance", "local_aws"}
NEED_DOCKER = {*LOCAL_AWS, "base_image"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what uses the local AWS or builds images: that needs Docker."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if NEED_DOCKER.intersection(fixtures):
            item.add_marker(pytest.mark.docker)
        if LOCAL_AWS.intersection(fixtures):
            item.add_marker(pytest.mark.local_aws)


@pytest.fixture(autouse=True)
def _small_heap(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keeps the garbage collector from walking what other tests have loaded, where time counts."""
    if request.node.get_closest_marker("timing") is None:
        yield
        return
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """A local AWS that is up, with a folder and ports of its own, in a path with a space."""
    local = Instance(tmp_path_factory.mktemp("local") / "a state")
    local.start()
    yield local
    local.remove()


@pytest.fixture(scope="session")
def local_aws(instance: Instance) -> dict[str, str]:
    """The environment of a shell that uses the local AWS: to be given to subprocesses."""
    return instance.environment()


@pytest.fixture(scope="session")
def base_image() -> str:
    """The base of the test images: made on this machine, so that no registry is needed."""
    command = [str(REPOSITORY / "machine" / "base_image"), "3.11"]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
