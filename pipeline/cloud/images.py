"""Images in an ECR repository."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.cloud.aws import ask, password
from pipeline.cloud.registry import Registry
from pipeline.commands import capture, run, say
from pipeline.errors import AwsError, ImageError, PipelineError
from pipeline.image.layers import INDEXES


class Pushed(NamedTuple):
    """An image of a repository.

    Attributes:
        digest: `sha256:` and 64 hex digits.
        media_type: of its manifest.
        image_bytes: of its layers, compressed; 0 where the repository does not tell.
    """

    digest: str
    media_type: str
    image_bytes: int = 0


def find_image(registry: Registry, identifier: str) -> Pushed | None:
    """Look an image up in the repository.

    Args:
        registry: whose repository.
        identifier: `imageTag=…` or `imageDigest=…`.

    Raises:
        AwsError: the repository cannot be read.
    """
    command = ("ecr", "describe-images", "--repository-name", registry.repository)
    try:
        (found, *_) = ask(*command, "--image-ids", identifier)["imageDetails"]
    except AwsError as error:
        if "ImageNotFoundException" in str(error):
            return None
        raise
    kind, size = found.get("imageManifestMediaType", ""), found.get("imageSizeInBytes", 0)
    return Pushed(found["imageDigest"], kind, size)


def log_in(registry: Registry) -> None:
    """Let Docker push to and pull from the registry.

    Raises:
        AwsError: AWS gives no password.
        PipelineError: Docker does not take it.
    """
    secret = password()
    options = ("--username", "AWS", "--password-stdin", registry.host)
    entered = capture(("docker", "login", *options), stdin=secret)
    if entered.returncode:
        raise PipelineError(
            f"Docker cannot log in to {registry.host}: {entered.stderr.strip()}\nCheck that the"
            " registry can be reached, and that Docker can write its configuration (~/.docker, or"
            " DOCKER_CONFIG)"
        )


def push_image(registry: Registry, image: str) -> None:
    """Push an image that Docker has on this machine.

    Raises:
        ImageError: it was not pushed; the reason was shown.
    """
    say(f"Upload: {image}")
    log_in(registry)
    # A tag that is there is never written again: another run may have pushed the same image.
    if not run(("docker", "push", image)) and not find_image(registry, f"imageTag={tag_of(image)}"):
        raise ImageError(
            "the image was not pushed; the reason stands above. Run the same command again"
        )


def tag_of(image: str) -> str:
    """Give the tag of an image's name."""
    return image.rpartition(":")[2]


def pull_image(registry: Registry, image: str) -> None:
    """Get an image of the repository onto this machine.

    Raises:
        ImageError: it cannot be had; the reason was shown.
    """
    log_in(registry)
    if not run(("docker", "pull", image)):
        raise ImageError(f"{image} cannot be pulled; the reason stands above")


def refuse_index(registry: Registry, tag: str, found: Pushed) -> None:
    """Remove an index of images from the repository, since Lambda takes single images only.

    Raises:
        ImageError: it is an index.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
    """
    if not any(kind in found.media_type for kind in INDEXES):
        return
    command = ("ecr", "batch-delete-image", "--repository-name", registry.repository)
    ask(*command, "--image-ids", f"imageTag={tag}")
    raise ImageError(
        f"what was pushed is an index of images ({found.media_type}), which Lambda refuses; it was"
        " removed from the repository. Build for one platform and without attestations, then run"
        " the same command again"
    )
