"""Counts or deletes what a registry's repository and bucket hold.

    python3 tools/registry_content.py count REPOSITORY BUCKET
    python3 tools/registry_content.py empty REPOSITORY BUCKET

`count` prints a phrase such as "3 images and 5 objects", or nothing where both are empty.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from typing import Any

OBJECTS_AT_ONCE = 500
IMAGES_AT_ONCE = 100  # the most that one call takes


class ContentError(Exception):
    """A repository or a bucket that could not be read or emptied."""


def images(repository: str) -> list[dict[str, str]]:
    """The identifiers of all images of a repository, one for each tag and each untagged digest."""
    found: list[dict[str, str]] = _aws("ecr", "list-images", "--repository-name", repository).get(
        "imageIds", []
    )
    return found


def object_versions(bucket: str) -> list[dict[str, str]]:
    """Key and version of every object of a bucket, overwritten and deleted ones too."""
    listing = _aws("s3api", "list-object-versions", "--bucket", bucket)
    found = listing.get("Versions", []) + listing.get("DeleteMarkers", [])
    return [{"Key": version["Key"], "VersionId": version["VersionId"]} for version in found]


def count(repository: str, bucket: str) -> str:
    """What there is, in words; empty where there is nothing."""
    digests = {image["imageDigest"] for image in images(repository)}
    keys = {version["Key"] for version in object_versions(bucket)}
    phrases = [
        f"{len(found)} {what}" for found, what in ((digests, "images"), (keys, "objects")) if found
    ]
    return " and ".join(phrases)


def empty(repository: str, bucket: str) -> None:
    """Deletes every image of a repository and every version of every object of a bucket.

    Raises:
        ContentError: something could not be deleted; the rest may be gone, run it again.
    """
    for some in _pieces(images(repository), IMAGES_AT_ONCE):
        _refuse_failures(
            _aws(
                "ecr",
                "batch-delete-image",
                "--repository-name",
                repository,
                "--image-ids",
                json.dumps(some),
            ),
            "failures",
        )
    for some in _pieces(object_versions(bucket), OBJECTS_AT_ONCE):
        request = json.dumps({"Objects": some, "Quiet": True})
        _refuse_failures(
            _aws("s3api", "delete-objects", "--bucket", bucket, "--delete", request), "Errors"
        )


def _refuse_failures(answer: dict[str, Any], field: str) -> None:
    if answer.get(field):
        raise ContentError(f"could not delete: {json.dumps(answer[field])[:2000]}")


def _pieces(things: list[dict[str, str]], size: int) -> list[list[dict[str, str]]]:
    return [things[start : start + size] for start in range(0, len(things), size)]


def _aws(*arguments: str) -> dict[str, Any]:
    command = ("aws", *arguments, "--output", "json")
    print("+", shlex.join(command)[:300], file=sys.stderr)
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        raise ContentError(ran.stderr.strip())
    return dict(json.loads(ran.stdout or "{}"))


def main(arguments: list[str]) -> int:
    """Runs one of the two commands; 1 and the reason where it fails."""
    what, repository, bucket = arguments
    try:
        if what == "count":
            print(count(repository, bucket))
        else:
            empty(repository, bucket)
    except ContentError as error:
        sys.exit(f"registry_content: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
