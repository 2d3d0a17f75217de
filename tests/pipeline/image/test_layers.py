"""The manifest of a saved image: what Lambda refuses of it."""

from pathlib import Path

import pytest

from pipeline.errors import ImageError
from pipeline.image.layers import check_blobs, check_layers, read_blobs
from tests.commands import Commands
from tests.pipeline.image.saved import GZIP, ZSTD, layer, saved_image, saved_index

FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
NONDISTRIBUTABLE = "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
DOCKER_ZSTD = "application/vnd.docker.image.rootfs.diff.tar.zstd"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "image.tar"


def check(file: Path) -> None:
    with file.open("rb") as archive:
        check_blobs(read_blobs(archive))


def test_an_image_of_gzip_layers_is_taken(file: Path) -> None:
    saved_image(file, [layer(GZIP), layer("application/vnd.docker.image.rootfs.diff.tar.gzip")])
    check(file)


@pytest.mark.parametrize(
    ("media_type", "way_out"),
    [
        (ZSTD, "export BASE_IMAGE=.*containerd-snapshotter"),
        (DOCKER_ZSTD, "export BASE_IMAGE=.*containerd-snapshotter"),
        (FOREIGN, "kept elsewhere"),
        (NONDISTRIBUTABLE, "kept elsewhere"),
    ],
)
def test_another_layer_is_refused_by_its_digest_and_type(
    media_type: str, way_out: str, file: Path
) -> None:
    refused = layer(media_type)
    saved_image(file, [layer(GZIP), refused])
    with pytest.raises(ImageError, match=way_out) as error:
        check(file)
    assert f"layer {refused['digest']} is of the type {media_type}" in str(error.value)


def test_an_artifact_that_is_no_image_is_refused(file: Path) -> None:
    saved_image(file, [layer(GZIP)], "application/vnd.cncf.helm.config.v1+json")
    with pytest.raises(ImageError, match=r"no image but something else.*helm\.config"):
        check(file)


@pytest.mark.parametrize(
    ("attested", "held"),
    [(True, "linux/amd64, an attestation"), (False, "linux/amd64, linux/arm64")],
)
def test_an_index_is_refused_with_what_it_holds(attested: bool, held: str, file: Path) -> None:
    saved_index(file, attested)
    with pytest.raises(ImageError, match=rf"index of images \({held}\).*--provenance=false"):
        check(file)


def test_an_image_that_docker_cannot_save_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = Commands(tmp_path)
    commands.link("sh")
    commands.stub("docker", "echo 'no space left on device' >&2; exit 1")
    monkeypatch.setenv("PATH", str(commands.folder))
    with pytest.raises(ImageError, match="cannot save it"):
        check_layers("image")
