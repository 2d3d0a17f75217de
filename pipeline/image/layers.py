"""The manifest of an image as Docker would push it, where Docker keeps images in that form.

An image of Docker's older storage is made into gzip layers by the push: it has no manifest before.
"""

from __future__ import annotations

import json
import subprocess
import tarfile
from collections.abc import Mapping
from typing import IO, Any

from pipeline.commands import show
from pipeline.errors import ImageError

INDEXES = ("manifest.list", "image.index")
ATTESTATION = "attestation-manifest"
# Source: https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
LAYERS = (
    "application/vnd.docker.image.rootfs.diff.tar",
    "application/vnd.docker.image.rootfs.diff.tar.gzip",
    "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.oci.image.layer.v1.tar+gzip",
)
CONFIGURATIONS = (
    "application/vnd.docker.container.image.v1+json",
    "application/vnd.oci.image.config.v1+json",
)
MAX_MANIFEST_BYTES = 4 * 1024**2  # as registries have it
Blobs = Mapping[str, Any]


def check_layers(image: str) -> None:
    """Refuse an image whose manifest, configuration or layers are of types that Lambda refuses.

    Raises:
        ImageError: the first such thing, with the way out; or Docker cannot save the image.
    """
    command = ("docker", "image", "save", image)
    show(command)
    with subprocess.Popen(command, stdout=subprocess.PIPE) as saving:
        assert saving.stdout
        try:
            blobs = read_blobs(saving.stdout)
        except tarfile.TarError as error:
            raise ImageError(f"Docker cannot save it to be looked at: {error}") from error
    check_blobs(blobs)


def read_blobs(archive: IO[bytes]) -> dict[str, Any]:
    """Read the JSON files of a saved image, by their names, as it streams by."""
    blobs = {}
    with tarfile.open(fileobj=archive, mode="r|") as members:
        for member in members:
            file = members.extractfile(member) if member.size <= MAX_MANIFEST_BYTES else None
            content = file.read() if file else b""
            if content.startswith(b"{"):
                blobs[member.name] = json.loads(content)
    return blobs


def check_blobs(blobs: Blobs) -> None:
    """Refuse what a saved image holds, as `check_layers` does.

    Source: https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md
    """
    (described, *_) = blobs["index.json"]["manifests"]
    manifest = _blob(blobs, described)
    if any(kind in described["mediaType"] for kind in INDEXES):
        raise ImageError(_of_index(manifest))
    configured = manifest["config"]["mediaType"]
    if configured not in CONFIGURATIONS:
        raise ImageError(
            f"It is no image but something else in an image's form ({configured}), which Lambda"
            " refuses. Build a Dockerfile's image"
        )
    for layer in manifest["layers"]:
        if layer["mediaType"] not in LAYERS:
            raise ImageError(_of_layer(layer["digest"], layer["mediaType"]))


def _blob(blobs: Blobs, described: Mapping[str, Any]) -> Any:
    return blobs["blobs/" + described["digest"].replace(":", "/")]


def _of_index(index: Mapping[str, Any]) -> str:
    held = [_name(one) for one in index["manifests"]]
    return (
        f"It is an index of images ({', '.join(held)}), and Lambda takes a single image. Build for"
        " one platform and without attestations: --provenance=false --sbom=false"
    )


def _name(described: Mapping[str, Any]) -> str:
    platform = described.get("platform", {})
    if ATTESTATION in described.get("annotations", {}).values():
        return "an attestation"
    return f"{platform.get('os', 'unknown')}/{platform.get('architecture', 'unknown')}"


def _of_layer(digest: str, media_type: str) -> str:
    return (
        f"Its layer {digest} is of the type {media_type}, which Lambda refuses: it takes layers"
        f" that are packed with gzip. {_way_out(media_type)}"
    )


def _way_out(media_type: str) -> str:
    if "foreign" in media_type or "nondistributable" in media_type:
        return "Such a layer is kept elsewhere: name another base image: export BASE_IMAGE=…"
    return (
        "Name a base image whose layers are: export BASE_IMAGE=…, or let Docker pack them anew as"
        ' it pushes: {"features": {"containerd-snapshotter": false}} in its daemon.json'
    )
