"""What a registry's repository and bucket hold: counting it, and deleting it.

A repository or a bucket that is not there, or whose name is empty, holds nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from pipeline.cloud.aws import ask
from pipeline.cloud.record import NAME_PATTERN
from pipeline.errors import AwsError, ContentError

OBJECTS_AT_ONCE = 500
IMAGES_AT_ONCE = 100  # the most that one call takes
RECORD = re.compile(rf"(?P<prefix>.*)/releases/{NAME_PATTERN}\.json")
GONE = ("RepositoryNotFoundException", "NoSuchBucket")

Identifiers = list[dict[str, str]]


def images(repository: str) -> Identifiers:
    """List all images of a repository, one for each tag and each untagged digest."""
    if not repository:
        return []
    return list(_ask("ecr", "list-images", "--repository-name", repository).get("imageIds", []))


def object_versions(bucket: str, prefix: str = "") -> Identifiers:
    """List key and version of every object below a prefix, overwritten and deleted ones too."""
    if not bucket:
        return []
    listing = _ask("s3api", "list-object-versions", "--bucket", bucket, "--prefix", prefix)
    found = listing.get("Versions", []) + listing.get("DeleteMarkers", [])
    return [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in found]


def count(repository: str, bucket: str) -> str:
    """Say what there is, in words; nothing where there is nothing."""
    digests = {image["imageDigest"] for image in images(repository)}
    keys = {version["Key"] for version in object_versions(bucket)}
    counted = ((digests, "image"), (keys, "object"))
    return " and ".join(
        f"{len(found)} {what}{'s' * (len(found) > 1)}" for found, what in counted if found
    )


def others(bucket: str, prefix: str) -> list[str]:
    """List the prefixes of a bucket other than the given one that hold release records."""
    matches = (RECORD.fullmatch(version["Key"]) for version in object_versions(bucket))
    return sorted({match["prefix"] for match in matches if match} - {prefix})


def empty(repository: str, bucket: str, prefix: str = "") -> None:
    """Delete every image and every version of every object; with a prefix one model's alone.

    Raises:
        ContentError: something could not be deleted; the rest may be gone, run it again.
    """
    versions = object_versions(bucket, prefix)
    if prefix:
        matches = (RECORD.fullmatch(version["Key"]) for version in versions)
        remove(repository, {match["tag"] for match in matches if match})
    else:
        _delete_images(repository, images(repository))
    for some in _pieces(versions, OBJECTS_AT_ONCE):
        request = json.dumps({"Objects": some, "Quiet": True})
        answer = _ask("s3api", "delete-objects", "--bucket", bucket, "--delete", request)
        _refuse_failures(answer.get("Errors", []))


def remove(repository: str, tags: Iterable[str]) -> None:
    """Delete those of the tags that a repository has.

    Raises:
        ContentError: one could not be deleted.
    """
    wanted = set(tags)
    found = (image["imageTag"] for image in images(repository) if image.get("imageTag") in wanted)
    _delete_images(repository, [{"imageTag": tag} for tag in sorted(found)])


def _delete_images(repository: str, identifiers: Identifiers) -> None:
    for some in _pieces(identifiers, IMAGES_AT_ONCE):
        command = ("ecr", "batch-delete-image", "--repository-name", repository)
        _refuse_failures(_ask(*command, "--image-ids", json.dumps(some)).get("failures", []))


def _refuse_failures(failures: list[dict[str, Any]]) -> None:
    # What is gone already was deleted by another run, or with the last of its tags.
    real = [failure for failure in failures if failure.get("failureCode") != "ImageNotFound"]
    if real:
        raise ContentError(f"could not delete: {json.dumps(real)[:2000]}")


def _pieces(things: Identifiers, size: int) -> list[Identifiers]:
    return [things[start : start + size] for start in range(0, len(things), size)]


def _ask(*arguments: str) -> dict[str, Any]:
    try:
        return ask(*arguments)
    except AwsError as error:
        if any(code in str(error) for code in GONE):
            return {}
        raise
