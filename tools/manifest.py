"""Checks that an image in the registry is one that Lambda takes, from its manifest on stdin.

    python3 tools/manifest.py < manifest.json

Lambda takes a single manifest for one platform:
https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
"""

from __future__ import annotations

import json
import sys

MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
)


class ManifestError(Exception):
    """A manifest that Lambda would refuse."""


def check_manifest(text: str) -> None:
    """Raises ManifestError unless the text is the manifest of one image for one platform."""
    try:
        manifest = json.loads(text)
        media_type = manifest.get("mediaType", MANIFESTS[1])
        single = media_type in MANIFESTS and "config" in manifest and "manifests" not in manifest
    except (ValueError, AttributeError) as error:
        raise ManifestError(f"the image's manifest is not JSON: {text[:200]!r}") from error
    if not single:
        raise ManifestError(
            f"the pushed image is an index ({media_type}), which Lambda refuses. It must be"
            " a single image: build for one platform and without attestations"
            " (export BUILDX_NO_DEFAULT_ATTESTATIONS=1)"
        )


def main() -> int:
    """Reads a manifest; 1 and the reason where Lambda would refuse it."""
    try:
        check_manifest(sys.stdin.read())
    except ManifestError as error:
        sys.exit(f"manifest: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
