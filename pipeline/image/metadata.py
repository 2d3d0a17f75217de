"""What Lambda asks of an image before it runs: its architecture, its size, its layers' types."""

from __future__ import annotations

from pipeline.errors import ImageError
from pipeline.image.containers import docker
from pipeline.image.layers import check_layers

MAX_IMAGE_BYTES = 10 * 1024**3
PLATFORMS = {"x86_64": "amd64", "arm64": "arm64"}
# What Docker says of its storage where it keeps images as they are pushed, the default since 29.0.
# Source: https://docs.docker.com/engine/storage/containerd/
CONTAINERD = "io.containerd.snapshotter.v1"


def check_metadata(image: str, architecture: str) -> None:
    """Refuse an image that Lambda would not take.

    Args:
        image: its name.
        architecture: that it must be for, x86_64 or arm64.

    Raises:
        ImageError: it is not there, too big, for another architecture, or no single image of gzip
            layers.
    """
    shown = docker("image", "inspect", image, "--format", "{{.Architecture}}")
    if shown.returncode:
        raise ImageError(
            "The build left no image in Docker. Where buildx builds with a driver of its own, load"
            " what it builds: export BUILDX_BUILDER=default"
        )
    built_for, wanted = shown.stdout.strip(), PLATFORMS[architecture]
    if built_for != wanted:
        raise ImageError(f"It is for {built_for}, ARCHITECTURE={architecture} needs {wanted}")
    size_bytes = unpacked_bytes(image)
    if size_bytes > MAX_IMAGE_BYTES:
        raise ImageError(f"It has {size_bytes:,} bytes, Lambda takes {MAX_IMAGE_BYTES:,} at most")
    if CONTAINERD in docker("info", "--format", "{{.DriverStatus}}").stdout:
        check_layers(image)


def unpacked_bytes(image: str) -> int:
    """Count the bytes of an image's layers as they are in a container, which Lambda's limit counts.

    `.Size` of `docker image inspect` is something else where containerd keeps the images: the
    compressed layers in Docker 29.0, these and the unpacked ones in later versions.

    Raises:
        ImageError: Docker does not tell them.

    Source: https://github.com/moby/moby/pull/53426
    """
    shown = docker("history", "--human=false", "--format", "{{.Size}}", image)
    if shown.returncode:
        raise ImageError(f"Docker does not tell its layers' sizes: {shown.stderr.strip()}")
    return sum(int(size) for size in shown.stdout.split())
