"""What goes after a good deploy: old versions of the function, and images that nothing needs.

An image that the alias, a published version or one of the newest releases has is never deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from pipeline.cloud import content
from pipeline.cloud.aws import ask, both
from pipeline.cloud.images import find_image
from pipeline.cloud.record import retired
from pipeline.cloud.registry import Registry
from pipeline.cloud.versions import Version, live, versions
from pipeline.commands import note
from pipeline.errors import ContentError

KEPT_VERSIONS = 5
KEPT_SNAPSHOTS = 2  # with SnapStart each version's snapshot is billed by the second


def tidy(
    registry: Registry, names: Sequence[str], function: str, most: int = KEPT_VERSIONS
) -> None:
    """Delete what is too old to go back to.

    Args:
        registry: whose images.
        names: of the releases, oldest first.
        function: whose versions.
        most: how many of these stay, beside those that the alias runs.

    Raises:
        PipelineError: AWS refuses, or an image that is in use would have gone.
    """
    kept = _prune_versions(function, most)
    old = retired(names, [version.release for version in kept])
    if not old:
        return
    _prove_unused(registry, old, function, kept)
    content.remove(registry.repository, old)
    note(f"{len(old)} images of old releases are deleted")


def _prune_versions(function: str, most: int) -> list[Version]:
    """Delete all but the newest versions and those that the alias runs; the rest."""
    found, alias = both(partial(versions, function), partial(live, function))
    running = {alias.version, *alias.shifting} if alias else set()
    kept = {version.number for version in found[-most:]} | running
    for version in found:
        if version.number not in kept:
            _delete_version(function, version.number)
    return [version for version in found if version.number in kept]


def _delete_version(function: str, number: int) -> None:
    # Without a qualifier it would be the function that goes.
    words = ("lambda", "delete-function", "--function-name", function, "--qualifier", str(number))
    ask(*words)


def _prove_unused(
    registry: Registry, tags: Collection[str], function: str, kept: Sequence[Version]
) -> None:
    """Ask for the image of each version that stays, and refuse if it is among those that go."""
    in_use = {_digest(function, version.number) for version in kept}
    for tag in tags:
        found = find_image(registry, f"imageTag={tag}")
        if found and found.digest in in_use:
            raise ContentError(
                f"the image {registry.repository_uri}:{tag} is in use by a version of {function}:"
                " nothing was deleted"
            )


def _digest(function: str, number: int) -> str:
    words = ("lambda", "get-function", "--function-name", function, "--qualifier", str(number))
    return str(ask(*words)["Code"].get("ResolvedImageUri", "")).partition("@")[2]
