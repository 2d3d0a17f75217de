"""What an image is asked before it runs, of a Docker that keeps images in either form."""

import shlex
from pathlib import Path

import pytest

from pipeline.errors import ImageError
from pipeline.image.containers import docker_output
from pipeline.image.metadata import check_metadata, unpacked_bytes
from tests.commands import Commands
from tests.pipeline.image.saved import ZSTD, layer, saved_image

# What Docker's documentation shows of the containerd store; the sizes of layers are made up.
# Source: https://docs.docker.com/engine/storage/containerd/
DRIVER_STATUS = "[[driver-type io.containerd.snapshotter.v1]]"
HISTORY = "0\n8192\n0\n12288\n74794496\n"
OLDER_STATUS = "[[Backing Filesystem extfs] [Supports d_type true] [userxattr false]]"


def docker(
    folder: Path, monkeypatch: pytest.MonkeyPatch, status: str, history: str = HISTORY
) -> Commands:
    """A stub of Docker with one image, saved in `image.tar` of a folder."""
    commands = Commands(folder)
    commands.link("sh", "cat")
    commands.stub(
        "docker",
        f"""case "$*" in
*Architecture*) echo amd64 ;;
info*) echo {shlex.quote(status)} ;;
history*) printf {shlex.quote(history)} ;;
*save*) cat {shlex.quote(str(folder / "image.tar"))} ;;
esac""",
    )
    monkeypatch.setenv("PATH", str(commands.folder))
    return commands


def test_a_layer_that_lambda_refuses_is_named_where_docker_pushes_it_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved_image(tmp_path / "image.tar", [layer(ZSTD)])
    docker(tmp_path, monkeypatch, DRIVER_STATUS)
    with pytest.raises(ImageError, match=r"tar\+zstd, which Lambda refuses"):
        check_metadata("image", "x86_64")


def test_an_image_that_docker_packs_at_the_push_is_not_saved_to_look_at_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands = docker(tmp_path, monkeypatch, OLDER_STATUS)
    check_metadata("image", "x86_64")
    assert not [call for call in commands.called() if "save" in call]


def test_the_size_is_that_of_the_unpacked_layers_in_either_form(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker(tmp_path, monkeypatch, DRIVER_STATUS)
    assert unpacked_bytes("image") == 74_814_976


def test_an_image_over_ten_gigabytes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker(tmp_path, monkeypatch, OLDER_STATUS, "10737418240\n1\n")
    with pytest.raises(ImageError, match="has 10,737,418,241 bytes, Lambda takes 10,737,418,240"):
        check_metadata("image", "x86_64")


def test_an_image_for_another_architecture_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker(tmp_path, monkeypatch, OLDER_STATUS)
    with pytest.raises(ImageError, match="for amd64, ARCHITECTURE=arm64 needs arm64"):
        check_metadata("image", "arm64")


def test_the_layers_of_a_real_image_have_the_size_that_dockers_older_storage_says(
    base_image: str,
) -> None:
    size = docker_output("image", "inspect", "--format", "{{.Size}}", base_image)
    assert unpacked_bytes(base_image) == int(size) > 50_000_000
