"""The images in the registry, as ECR sees them.

They are read from the registry's folder, whose layout is that of the CNCF Distribution project: its
HTTP API lists neither manifests without a tag nor the time of a push. They are deleted by that API.

Source: https://distribution.github.io/distribution/spec/api/ and its storage driver's ``paths.go``.
"""

import hashlib
import json
import shutil
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.credentials import credentials
from local.loopback import open_url
from local.registry_access import basic
from local.state import State

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
MANIFESTS = (OCI_MANIFEST, "application/vnd.docker.distribution.manifest.v2+json")
# The types that Lambda takes of a manifest's parts.
CONFIGURATIONS = (
    "application/vnd.docker.container.image.v1+json",
    "application/vnd.oci.image.config.v1+json",
)
LAYERS = (
    "application/vnd.docker.image.rootfs.diff.tar",
    "application/vnd.docker.image.rootfs.diff.tar.gzip",
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.oci.image.layer.v1.tar+gzip",
)


@dataclass(frozen=True)
class Image:
    """A manifest of a repository; its digest is ``sha256:`` and 64 hexadecimal digits."""

    repository: str
    digest: str
    tags: tuple[str, ...]
    manifest: str
    pushed_at_seconds: float

    @property
    def content(self) -> dict[str, Any]:
        """The manifest's JSON."""
        loaded: dict[str, Any] = json.loads(self.manifest)
        return loaded

    @property
    def media_type(self) -> str:
        """The manifest's media type; OCI does not require one, so an image's is the default."""
        return str(self.content.get("mediaType", OCI_MANIFEST))

    @property
    def is_supported(self) -> bool:
        """Whether it is one image, not an index of several, and Lambda knows its layers' types."""
        if self.media_type not in MANIFESTS or "layers" not in self.content:
            return False
        layers = [layer["mediaType"] for layer in self.content["layers"]]
        return self.content["config"]["mediaType"] in CONFIGURATIONS and set(layers) <= set(LAYERS)

    @property
    def size_bytes(self) -> int:
        """The size of its layers, compressed, and of its configuration."""
        parts = [*self.content.get("layers", []), self.content.get("config", {})]
        return sum(part.get("size", 0) for part in parts)


def images(state: State, repository: str) -> list[Image]:
    """The images of a repository, oldest first; none if nothing was ever pushed."""
    folder = _manifests(state, repository)
    tags = {link: link.read_text().strip() for link in folder.glob("tags/*/current/link")}
    found = []
    for link in folder.glob("revisions/sha256/*/link"):
        digest = link.read_text().strip()
        own = sorted(tag.parts[-3] for tag, value in tags.items() if value == digest)
        manifest = _blob(state, digest).read_bytes().decode()
        found.append(Image(repository, digest, tuple(own), manifest, link.stat().st_mtime))
    return sorted(found, key=lambda image: image.pushed_at_seconds)


def image(state: State, repository: str, reference: str) -> Image | None:
    """The image that a tag or a digest names."""
    for candidate in images(state, repository):
        if reference == candidate.digest or reference in candidate.tags:
            return candidate
    return None


def delete(state: State, repository: str, digest: str) -> None:
    """Delete a manifest with all its tags."""
    _request(state, "DELETE", repository, digest)


def untag(state: State, repository: str, tag: str) -> None:
    """Delete a tag only, which the API of this registry cannot do."""
    shutil.rmtree(_manifests(state, repository) / "tags" / tag)


def put(state: State, repository: str, manifest: str, media_type: str, tag: str | None) -> str:
    """Store a manifest whose layers are there, and give it a tag; its digest."""
    digest = "sha256:" + hashlib.sha256(manifest.encode()).hexdigest()
    _request(state, "PUT", repository, tag or digest, manifest.encode(), media_type)
    return digest


def _request(
    state: State,
    method: str,
    repository: str,
    reference: str,
    body: bytes | None = None,
    media_type: str = "",
) -> None:
    url = f"http://{state.registry}/v2/{repository}/manifests/{reference}"
    headers = {"Authorization": f"Basic {basic(credentials(state))}"}
    headers.update({"Content-Type": media_type} if media_type else {})
    open_url(urllib.request.Request(url, body, headers, method=method), timeout_seconds=10).close()


def _root(state: State) -> Path:
    return state.images / "docker" / "registry" / "v2"


def _manifests(state: State, repository: str) -> Path:
    return _root(state) / "repositories" / repository / "_manifests"


def _blob(state: State, digest: str) -> Path:
    name = digest.removeprefix("sha256:")
    return _root(state) / "blobs" / "sha256" / name[:2] / name / "data"
