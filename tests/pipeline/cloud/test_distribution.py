"""Blobs and manifests, against the registry of the local AWS."""

import hashlib
import io
import json
import uuid

import pytest

from pipeline.cloud.distribution import Manifest, NotThere, Repository
from pipeline.errors import ImageError
from tests.local.instance import Instance

CONTENT = b"a layer" * 100_000
DIGEST = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
DOCKER = "application/vnd.docker.distribution.manifest.v2+json"


@pytest.fixture(scope="module")
def repositories(instance: Instance) -> tuple[Repository, Repository]:
    """Two repositories of one registry."""
    token = instance.aws("ecr", "get-authorization-token")["authorizationData"][0]
    names = [f"blobs-{uuid.uuid4().hex[:8]}" for _ in "ab"]
    for name in names:
        instance.aws("ecr", "create-repository", "--repository-name", name)
    right = f"Basic {token['authorizationToken']}"
    one, other = (Repository(instance.registry, name, right) for name in names)
    one.put_blob(DIGEST, len(CONTENT), io.BytesIO(CONTENT))
    return one, other


def test_a_blob_is_read_as_it_was_written(repositories: tuple[Repository, Repository]) -> None:
    one, other = repositories
    assert one.has_blob(DIGEST) and not other.has_blob(DIGEST)
    with one.blob(DIGEST) as blob:
        assert blob.read() == CONTENT
    with pytest.raises(NotThere):
        other.blob(DIGEST)


def test_a_blob_goes_to_another_repository_by_mount_and_by_copy(
    repositories: tuple[Repository, Repository],
) -> None:
    one, other = repositories
    assert not other.mount_blob("sha256:" + "0" * 64, one.name)
    assert other.mount_blob(DIGEST, one.name) and other.has_blob(DIGEST)
    third = other._replace(name=f"{other.name}/third")
    with one.blob(DIGEST) as blob:
        third.put_blob(DIGEST, len(CONTENT), blob)
    with third.blob(DIGEST) as blob:
        assert blob.read() == CONTENT


def test_a_blob_with_another_content_than_its_digest_is_refused(
    repositories: tuple[Repository, Repository],
) -> None:
    wrong = CONTENT[:-1] + b"!"
    with pytest.raises(ImageError, match="DIGEST_INVALID"):
        repositories[0].put_blob("sha256:" + "1" * 64, len(wrong), io.BytesIO(wrong))


def test_a_manifest_keeps_its_bytes_and_needs_its_blobs(
    repositories: tuple[Repository, Repository],
) -> None:
    part = {"mediaType": "application/octet-stream", "size": len(CONTENT), "digest": DIGEST}
    text = json.dumps({"schemaVersion": 2, "mediaType": DOCKER, "config": part, "layers": []})
    manifest = Manifest(text.encode(), DOCKER)
    one, _ = repositories
    one.put_manifest(manifest, "v1")
    assert one.manifest("v1") == one.manifest(manifest.digest) == manifest
    assert one.manifest("v2") is None
    gone = text.replace(DIGEST, "sha256:" + "2" * 64)
    with pytest.raises(ImageError, match="MANIFEST_BLOB_UNKNOWN"):
        one.put_manifest(Manifest(gone.encode(), DOCKER), "v2")


def test_a_wrong_password_and_a_registry_that_is_not_there_are_told(instance: Instance) -> None:
    with pytest.raises(ImageError, match="401"):
        Repository(instance.registry, "any", "Basic d3Jvbmc=").has_blob(DIGEST)
    with pytest.raises(ImageError, match="cannot be reached"):
        Repository("127.0.0.1:1", "any", "").has_blob(DIGEST)
