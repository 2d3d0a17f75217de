"""The registry as a container, for machines without Debian's packages."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local import containers, registry
from local.credentials import Credentials
from local.images import images, untag
from local.registry_access import log_docker_in
from local.state import State
from tests.local.instance import Instance, free_ports

pytestmark = pytest.mark.docker
# As the image registry:2 starts: the same program, which Debian's package has too.
DOCKERFILE = """ARG BASE_IMAGE
FROM ${BASE_IMAGE}
COPY docker-registry /usr/local/bin/registry
ENTRYPOINT ["registry", "serve"]
CMD ["/etc/docker/registry/config.yml"]
"""
STAND_IN = "local/registry-stand-in:test"


@dataclass
class Container:
    """A registry that runs as a container, and how it is used."""

    state: State
    credentials: Credentials

    def docker(self, *arguments: str, logged_in: bool = True) -> subprocess.CompletedProcess[str]:
        """Run Docker's client."""
        folder = log_docker_in(self.state, self.credentials) if logged_in else self.state.images
        command = ["docker", "--config", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True)


@pytest.fixture
def container(
    base_image: str, instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Container]:
    """A registry of the stand-in; what a local AWS downloads is there, as one is up."""
    program = registry.find()
    assert program
    context = tmp_path / "image"
    context.mkdir()
    (context / "Dockerfile").write_text(DOCKERFILE)
    shutil.copy(program, context / "docker-registry")
    build = ["docker", "build", "--quiet", "--build-arg", f"BASE_IMAGE={base_image}"]
    subprocess.run([*build, "--tag", STAND_IN, str(context)], check=True)
    monkeypatch.setattr(registry, "find", lambda: None)
    monkeypatch.setattr(registry, "IMAGE", STAND_IN)
    state = State(tmp_path / "a state", *free_ports(2))
    state.folder.mkdir()
    made = Container(state, Credentials("", "", "the password"))
    registry.start(state, made.credentials)
    yield made
    registry.stop(state)
    subprocess.run(["docker", "rmi", "--force", STAND_IN], check=True)


def test_a_registry_in_a_container_takes_images_for_its_password_alone(
    container: Container, base_image: str
) -> None:
    assert registry.is_up(container.state)
    name = f"{container.state.registry}/probe"
    tags = ("one", "two")
    for tag in tags:
        container.docker("tag", base_image, f"{name}:{tag}")
    assert "no basic auth" in container.docker("push", f"{name}:one", logged_in=False).stderr
    for tag in tags:
        pushed = container.docker("push", f"{name}:{tag}")
        assert pushed.returncode == 0, pushed.stderr
    container.docker("rmi", *(f"{name}:{tag}" for tag in tags))
    (found,) = images(container.state, "probe")
    assert found.tags == tags
    untag(container.state, "probe", "one")
    assert "not found" in container.docker("pull", f"{name}:one").stderr
    assert container.docker("pull", f"{name}:two").returncode == 0
    container.docker("rmi", f"{name}:two")


def test_a_registry_in_a_container_is_stopped_with_it(container: Container) -> None:
    assert registry.stop(container.state)
    assert not registry.is_up(container.state)
    assert containers.find(container.state, containers.REGISTRY) == []
    assert not registry.stop(container.state)
