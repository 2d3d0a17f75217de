"""Archives as `docker image save` writes them where containerd keeps the images: OCI layouts.

Source: https://github.com/opencontainers/image-spec/blob/v1.1.0/image-layout.md
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

GZIP = "application/vnd.oci.image.layer.v1.tar+gzip"
ZSTD = "application/vnd.oci.image.layer.v1.tar+zstd"
CONFIGURATION = "application/vnd.oci.image.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
Described = dict[str, Any]


def layer(media_type: str) -> Described:
    """A layer of some type; its content does not matter."""
    return described(media_type, media_type.encode())


def described(media_type: str, content: bytes) -> Described:
    """What refers to some content."""
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    return {"mediaType": media_type, "digest": digest, "size": len(content)}


def manifest(layers: Sequence[Described], configuration: str = CONFIGURATION) -> bytes:
    """The manifest of an image."""
    content = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": described(configuration, b"{}"),
        "layers": layers,
    }
    return json.dumps(content).encode()


def saved_image(
    file: Path, layers: Sequence[Described], configuration: str = CONFIGURATION
) -> None:
    """Write an archive with a single image."""
    content = manifest(layers, configuration)
    _write(file, [content, b"{}"], described(MANIFEST, content))


def saved_index(file: Path, attested: bool) -> None:
    """Write an archive with an index of an image and its attestation, or of two platforms."""
    content = manifest([layer(GZIP)])
    first = {**described(MANIFEST, content), "platform": {"os": "linux", "architecture": "amd64"}}
    second = {**first, "platform": {"os": "linux", "architecture": "arm64"}}
    if attested:
        kind = {"vnd.docker.reference.type": "attestation-manifest"}
        platform = {"os": "unknown", "architecture": "unknown"}
        second = {**first, "platform": platform, "annotations": kind}
    index = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [first, second]})
    _write(file, [content, index.encode(), b"{}"], described(INDEX, index.encode()))


def _write(file: Path, blobs: Sequence[bytes], top: Described) -> None:
    files = {f"blobs/sha256/{hashlib.sha256(one).hexdigest()}": one for one in blobs}
    files["blobs/sha256/" + "0" * 64] = b"\x28\xb5\x2f\xfd a layer" * 1000
    files["index.json"] = json.dumps({"schemaVersion": 2, "manifests": [top]}).encode()
    files["oci-layout"] = b'{"imageLayoutVersion": "1.0.0"}'
    with tarfile.open(file, "w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
