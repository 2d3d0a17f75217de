"""One more layer on an image, made without Docker: files that replace those below it.

The same files on the same image give the same layer, and so the same digest.
Source: https://github.com/opencontainers/image-spec/blob/main/layer.md
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Mapping
from typing import Any, NamedTuple

from pipeline.cloud.distribution import Manifest, Repository
from pipeline.errors import ImageError

MARK = "the model's file, by pipeline.sh -m"
TASK = "var/task/"
MODE = 0o644
Json = dict[str, Any]


class Image(NamedTuple):
    """An image of a repository, taken apart; without what an earlier `-m` of the same file made.

    Attributes:
        manifest: its JSON.
        config: its configuration's JSON.
        media_type: of the manifest.
    """

    manifest: Json
    config: Json
    media_type: str


class Layer(NamedTuple):
    """A layer as it is kept, packed, and the digest of what is in it."""

    packed: bytes
    diff_id: str

    @property
    def digest(self) -> str:
        """The digest of the packed bytes."""
        return digest_of(self.packed)


def digest_of(content: bytes) -> str:
    """Name a content: `sha256:` and 64 hex digits."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def read_image(repository: Repository, digest: str, name: str) -> Image:
    """Take an image of a repository apart.

    Args:
        repository: where it is.
        digest: its name.
        name: of the model's file; a layer that an earlier `-m` made for the same is left out.

    Raises:
        ImageError: it is not there, or not a single image.
    """
    found = repository.manifest(digest)
    if found is None:
        raise ImageError(f"{repository.host}/{repository.name} has no image {digest}: push it, -p")
    manifest = json.loads(found.content)
    with repository.blob(manifest["config"]["digest"]) as blob:
        config = json.load(blob)
    if config["history"][-1].get("created_by") == f"{MARK}: {name}":
        for parts in (manifest["layers"], config["history"], config["rootfs"]["diff_ids"]):
            parts.pop()
    return Image(manifest, config, found.media_type)


def read_file(repository: Repository, image: Image, name: str) -> bytes:
    """Read a file of /var/task, from the uppermost layer that has it.

    Raises:
        ImageError: no layer has it.
    """
    for part in reversed(image.manifest["layers"]):
        with (
            repository.blob(part["digest"]) as blob,
            tarfile.open(fileobj=blob, mode="r|gz") as layer,
        ):
            for member in layer:
                if member.name.lstrip("./") == TASK + name:
                    file = layer.extractfile(member)
                    return file.read() if file else b""
    raise ImageError(f"the image has no /{TASK}{name}: push the model again with -p")


def make_layer(files: Mapping[str, bytes]) -> Layer:
    """Pack files of /var/task, by their names in it; anyone may read them."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for name, content in sorted(files.items()):
            member = tarfile.TarInfo(TASK + name)
            member.size, member.mode = len(content), MODE
            tar.addfile(member, io.BytesIO(content))
    text = archive.getvalue()
    return Layer(gzip.compress(text, mtime=0), digest_of(text))


def put_image(repository: Repository, image: Image, layer: Layer, tag: str, name: str) -> Manifest:
    """Write an image with one more layer under a tag; only the layer and its lists are new.

    Raises:
        ImageError: the registry refuses.
    """
    config = json.dumps(_with_layer(image.config, layer, name)).encode()
    last = image.manifest["layers"][-1]
    part = {**last, "digest": layer.digest, "size": len(layer.packed)}
    described = {**image.manifest["config"], "digest": digest_of(config), "size": len(config)}
    layers = [*image.manifest["layers"], part]
    text = json.dumps({**image.manifest, "config": described, "layers": layers}).encode()
    for content in (layer.packed, config):
        if not repository.has_blob(digest_of(content)):
            repository.put_blob(digest_of(content), len(content), io.BytesIO(content))
    manifest = Manifest(text, image.media_type)
    repository.put_manifest(manifest, tag)
    return manifest


def _with_layer(config: Json, layer: Layer, name: str) -> Json:
    files = {**config["rootfs"], "diff_ids": [*config["rootfs"]["diff_ids"], layer.diff_id]}
    return {
        **config,
        "rootfs": files,
        "history": [*config["history"], {"created_by": f"{MARK}: {name}"}],
    }
