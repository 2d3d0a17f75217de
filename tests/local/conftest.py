"""What the tests of the local AWS share: images, a repository for them, and a deployed function."""

import itertools
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

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
    content, kind = manifest(instance, pushed["first"])
    digest = pushed["first"].split("@")[1]
    part = {"mediaType": kind, "digest": digest, "size": len(content)}
    media_type = "application/vnd.oci.image.index.v1+json"
    return put(instance, "index", media_type, {"schemaVersion": 2, "manifests": [part]})


@pytest.fixture(scope="session")
def zstd(instance: Instance, pushed: dict[str, str]) -> str:
    """The URI of an image whose manifest says that zstd packs its layers."""
    content = json.loads(manifest(instance, pushed["first"])[0])
    oci = "application/vnd.oci.image"
    content["config"]["mediaType"] = f"{oci}.config.v1+json"
    for layer in content["layers"]:
        layer["mediaType"] = f"{oci}.layer.v1.tar+zstd"
    return put(instance, "zstd", f"{oci}.manifest.v1+json", content)


def manifest(instance: Instance, uri: str) -> tuple[bytes, str]:
    """The manifest of an image in the repository `probe`, and its media type."""
    kind = "application/vnd.docker.distribution.manifest.v2+json"
    headers = {"Accept": kind, **instance.authorization()}
    with urllib.request.urlopen(request(instance, uri.split("@")[1], headers)) as answer:
        return answer.read(), kind


def put(instance: Instance, tag: str, media_type: str, content: dict[str, Any]) -> str:
    """Put a manifest into the repository `probe` under a tag; its URI."""
    headers = {"Content-Type": media_type, **instance.authorization()}
    body = json.dumps({**content, "mediaType": media_type}).encode()
    urllib.request.urlopen(request(instance, tag, headers, body)).close()
    return f"{instance.registry}/{REPOSITORY_NAME}:{tag}"


def request(
    instance: Instance, reference: str, headers: dict[str, str], body: bytes | None = None
) -> urllib.request.Request:
    """A request for a manifest of the repository `probe`, or with one for it."""
    url = f"http://{instance.registry}/v2/{REPOSITORY_NAME}/manifests/{reference}"
    return urllib.request.Request(url, body, headers, method="PUT" if body else "GET")


@pytest.fixture
def function(instance: Instance, pushed: dict[str, str]) -> Iterator[FunctionStack]:
    """A stack with a function and an API, of the first image; deleted after the test."""
    stack = FunctionStack(instance, f"function-{next(NUMBERS)}")
    stack.deploy(pushed["first"])
    yield stack
    stack.delete()
