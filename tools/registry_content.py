"""Counts or deletes what a registry's repository and bucket hold.

    registry_content.py count REPOSITORY BUCKET            "3 images and 5 objects", or nothing
    registry_content.py others BUCKET PREFIX               whose releases the bucket holds besides
    registry_content.py empty REPOSITORY BUCKET [PREFIX]   deletes all, or one model's part
    registry_content.py remove REPOSITORY < tags           deletes images by tag

A repository or a bucket that is not there, or whose name is empty, holds nothing.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

OBJECTS_AT_ONCE = 500
IMAGES_AT_ONCE = 100  # the most that one call takes
RECORD = re.compile(r"(?P<prefix>.*/)\d{8}T\d{6}Z-(?P<tag>[0-9a-f]+)\.json")
GONE = ("RepositoryNotFoundException", "NoSuchBucket")

Identifiers = list[dict[str, str]]


class ContentError(Exception):
    """A repository or a bucket that could not be read or emptied."""


def images(repository: str) -> Identifiers:
    """The identifiers of all images of a repository, one for each tag and each untagged digest."""
    if not repository:
        return []
    return list(_aws("ecr", "list-images", "--repository-name", repository).get("imageIds", []))


def object_versions(bucket: str, prefix: str = "") -> Identifiers:
    """Key and version of every object below a prefix, overwritten and deleted ones too."""
    if not bucket:
        return []
    listing = _aws("s3api", "list-object-versions", "--bucket", bucket, "--prefix", prefix)
    found = listing.get("Versions", []) + listing.get("DeleteMarkers", [])
    return [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in found]


def count(repository: str, bucket: str) -> str:
    """What there is, in words; empty where there is nothing."""
    digests = {image["imageDigest"] for image in images(repository)}
    keys = {version["Key"] for version in object_versions(bucket)}
    counted = ((digests, "image"), (keys, "object"))
    return " and ".join(
        f"{len(found)} {what}{'s' * (len(found) > 1)}" for found, what in counted if found
    )


def others(bucket: str, prefix: str) -> list[str]:
    """The prefixes of a bucket other than the given one that hold release records."""
    matches = (RECORD.fullmatch(version["Key"]) for version in object_versions(bucket))
    return sorted({match["prefix"] for match in matches if match} - {prefix})


def empty(repository: str, bucket: str, prefix: str = "") -> None:
    """Deletes every image and every version of every object; with a prefix one model's alone.

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
        answer = _aws("s3api", "delete-objects", "--bucket", bucket, "--delete", request)
        _refuse_failures(answer.get("Errors", []))


def remove(repository: str, tags: Iterable[str]) -> None:
    """Deletes those of the tags that a repository has.

    Raises:
        ContentError: one could not be deleted.
    """
    wanted = set(tags)
    found = (image["imageTag"] for image in images(repository) if image.get("imageTag") in wanted)
    _delete_images(repository, [{"imageTag": tag} for tag in sorted(found)])


def _delete_images(repository: str, identifiers: Identifiers) -> None:
    for some in _pieces(identifiers, IMAGES_AT_ONCE):
        command = ("ecr", "batch-delete-image", "--repository-name", repository)
        _refuse_failures(_aws(*command, "--image-ids", json.dumps(some)).get("failures", []))


def _refuse_failures(failures: list[dict[str, Any]]) -> None:
    # What is gone already was deleted by another run, or with the last of its tags.
    real = [failure for failure in failures if failure.get("failureCode") != "ImageNotFound"]
    if real:
        raise ContentError(f"could not delete: {json.dumps(real)[:2000]}")


def _pieces(things: Identifiers, size: int) -> list[Identifiers]:
    return [things[start : start + size] for start in range(0, len(things), size)]


def _aws(*arguments: str) -> dict[str, Any]:
    command = ("aws", *arguments, "--output", "json")
    print("+", shlex.join(command)[:300], file=sys.stderr)
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode and any(code in ran.stderr for code in GONE):
        return {}
    if ran.returncode:
        raise ContentError(ran.stderr.strip())
    return dict(json.loads(ran.stdout or "{}"))


def main(arguments: list[str]) -> int:
    """Runs one of the commands above; 1 and the reason where it fails."""
    what, *rest = arguments
    try:
        if what == "count":
            print(count(*rest))
        elif what == "others":
            print(" ".join(others(*rest)))
        elif what == "empty":
            empty(*rest)
        else:
            remove(rest[0], sys.stdin.read().split())
    except ContentError as error:
        sys.exit(f"registry_content: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
