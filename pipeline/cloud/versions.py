"""Published versions of a function: which release each runs, and which of them the alias has."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.cloud.aws import ask
from pipeline.cloud.record import NAME_PATTERN
from pipeline.errors import AwsError

ALIAS = "live"
# As template.yaml describes a function.
RELEASE = re.compile(rf", release ({NAME_PATTERN}), key ")


class Version(NamedTuple):
    """A version: its number, and the release that it runs; empty where it was not deployed here."""

    number: int
    release: str


class Live(NamedTuple):
    """What the alias runs.

    Attributes:
        version: the number of its version.
        shifting: the share of requests that another version gets, by its number.
    """

    version: int
    shifting: dict[int, float]


def versions(function: str) -> list[Version]:
    """List the published versions of a function, oldest first.

    Raises:
        AwsError: they cannot be listed.
    """
    listed = ask("lambda", "list-versions-by-function", "--function-name", function)["Versions"]
    numbered = [one for one in listed if one["Version"].isdigit()]
    found = (Version(int(one["Version"]), _release(one.get("Description", ""))) for one in numbered)
    return sorted(found)


def _release(description: str) -> str:
    found = RELEASE.search(description)
    return found[1] if found else ""


def live(function: str) -> Live | None:
    """Tell what the alias of a function runs; None where there is no alias.

    Raises:
        AwsError: it cannot be asked.
    """
    try:
        alias = ask("lambda", "get-alias", "--function-name", function, "--name", ALIAS)
    except AwsError as error:
        if "ResourceNotFoundException" in str(error):
            return None
        raise
    routing = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    return Live(int(alias["FunctionVersion"]), {int(one): share for one, share in routing.items()})


def release_before(found: Sequence[Version], current: str) -> str:
    """Name the release that was deployed before the one that is now; empty where there is none.

    Args:
        found: all versions, oldest first.
        current: the release that is deployed.
    """
    deployed = [one.release for one in found if one.release]
    while deployed and deployed[-1] != current:
        deployed.pop()  # published, and rolled back
    earlier = [release for release in deployed if release != current]
    return earlier[-1] if earlier else ""
