"""What the tests of the local AWS share: images, a repository for them, and a deployed function."""

import itertools
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.function_stack import FunctionStack
from tests.local.instance import Instance

HERE = Path(__file__).parent
REPOSITORY_NAME = "probe"
NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def images(base_image: str, instance: Instance) -> Iterator[dict[str, str]]:
    """Local names of two images that say `first` and `second`."""
    built = {word: f"{instance.registry}/{REPOSITORY_NAME}:{word}" for word in ("first", "second")}
    for word, name in built.items():
        arguments = ("--build-arg", f"BASE_IMAGE={base_image}", "--build-arg", f"SAYS={word}")
        instance.docker("build", "--quiet", *arguments, "--tag", name, str(HERE / "image"))
    yield built
    instance.docker("rmi", "--force", *built.values())


@pytest.fixture(scope="session")
def pushed(instance: Instance, images: dict[str, str]) -> dict[str, str]:
    """The URIs of the two images by digest, in the repository `probe` that a stack made."""
    instance.aws(
        *("cloudformation", "deploy", "--stack-name", "registry", "--no-fail-on-empty-changeset"),
        *("--template-file", str(HERE / "registry.yaml")),
        *("--parameter-overrides", f"Name={REPOSITORY_NAME}"),
    )
    uris = {}
    for word, name in images.items():
        instance.docker("push", "--quiet", name)
        digest = instance.docker("inspect", "--format", "{{index .RepoDigests 0}}", name)
        uris[word] = digest
    return uris


@pytest.fixture(scope="session")
def index(instance: Instance, pushed: dict[str, str]) -> str:
    """The URI of an index, as buildx pushes one with attestations."""
    digest = pushed["first"].split("@")[1]
    base = f"http://{instance.registry}/v2/{REPOSITORY_NAME}/manifests"
    media_type = "application/vnd.oci.image.index.v1+json"
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    password = instance.authorization()
    headers = {"Accept": kind, **password}
    head = urllib.request.Request(f"{base}/{digest}", method="HEAD", headers=headers)
    with urllib.request.urlopen(head) as answer:
        size = int(answer.headers["Content-Length"])
    part = {"mediaType": kind, "digest": digest, "size": size}
    content = {"schemaVersion": 2, "mediaType": media_type, "manifests": [part]}
    headers = {"Content-Type": media_type, **password}
    put = urllib.request.Request(
        f"{base}/index", json.dumps(content).encode(), headers, method="PUT"
    )
    urllib.request.urlopen(put).close()
    return f"{instance.registry}/{REPOSITORY_NAME}:index"


@pytest.fixture
def function(instance: Instance, pushed: dict[str, str]) -> Iterator[FunctionStack]:
    """A stack with a function and an API, of the first image; deleted after the test."""
    stack = FunctionStack(instance, f"function-{next(NUMBERS)}")
    stack.deploy(pushed["first"])
    yield stack
    stack.delete()
