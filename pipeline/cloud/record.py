"""A release record: what was pushed, with all that a later step needs to deploy and to try it.

A release is named `<UTC time>-<image tag>`: the names sort by age and tell which images they need.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pipeline.errors import GoldenError, ReleaseError
from pipeline.model.combinations import check_in_stage
from pipeline.model.concurrency import alarm_at
from pipeline.model.directory import Model
from pipeline.model.golden import Golden, parse_golden, parse_request
from pipeline.model.origin import Origin
from pipeline.model.settings import SETTINGS, settings

KEPT = 30
TIME = "%Y%m%dT%H%M%SZ"
NAME_PATTERN = r"[0-9]{8}T[0-9]{6}Z-(?P<tag>[0-9a-f]+)"
NAME = re.compile(NAME_PATTERN)
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
# The deployer's, not the model's: the variable, and the template's parameter.
BOUNDARY = ("PERMISSIONS_BOUNDARY", "PermissionsBoundary")
CHECKED = ("ARCHITECTURE", "MODEL_URI", "MODEL_URI_SHA256")
NAME_EXAMPLE = "20260131T120000Z-0123456789abcdef"


class Record(NamedTuple):
    """What a release is.

    Attributes:
        release: its name.
        project: the model's name.
        digest: the image's, `sha256:` and 64 hex digits.
        dockerfile: what the image was built from.
        settings: those that the template has a parameter for, by name.
        variables: further variables of the function, by name.
        golden: the request that the API must answer.
        requests: more of them, by name, which a new version is asked before it is live.
        origin: where it comes from; unknown of a record that an older pipeline wrote.
    """

    release: str
    project: str
    digest: str
    dockerfile: str
    settings: Mapping[str, str]
    variables: Mapping[str, str]
    golden: Golden
    origin: Origin = Origin()
    requests: Mapping[str, Golden] = {}

    def as_json(self) -> str:
        """Write the record as the content of its object."""
        requests = {name: golden._asdict() for name, golden in self.requests.items()}
        nested = {"golden": self.golden._asdict(), "requests": requests}
        nested["origin"] = self.origin._asdict()
        return json.dumps({**self._asdict(), **nested}, indent=2) + "\n"

    def deploys_like(self, other: Record) -> bool:
        """Tell whether another record deploys the same, whatever it is called."""

        def deployed(record: Record) -> Record:
            return record._replace(release="", origin=Origin())

        return deployed(self) == deployed(other)

    def parameters(
        self, stage: str, repository_uri: str, environ: Mapping[str, str]
    ) -> dict[str, str]:
        """List the parameters of `template.yaml` that deploy this; an exported setting wins.

        Raises:
            SettingsError: a setting that breaks its rule.
        """
        # What was checked, whatever is exported.
        exported = {name: value for name, value in environ.items() if name not in CHECKED}
        values = settings(self.settings, exported)
        check_in_stage(stage, values)
        chosen = {one.parameter: values[one.name] for one in SETTINGS if one.parameter}
        image_uri = f"{repository_uri}@{self.digest}"
        names = {"Project": self.project, "Stage": stage, BOUNDARY[1]: environ.get(BOUNDARY[0], "")}
        names["ConcurrencyAlarmAt"] = alarm_at(stage, values["RESERVED_CONCURRENCY"])
        return {**chosen, **names, "ImageUri": image_uri, "Release": self.release}


def new_record(
    model: Model, project: str, tag: str, digest: str, newest: str, origin: Origin
) -> Record:
    """Make the record of an image that was pushed.

    Args:
        model: what it was made of.
        project: the model's name.
        tag: the image's.
        digest: the image's.
        newest: the newest release until now, or nothing; the new one's name comes behind it.
        origin: where it comes from.
    """
    return Record(
        release=f"{_time_after(newest)}-{tag}",
        project=project,
        digest=digest,
        dockerfile=model.dockerfile,
        settings={one.name: model.settings[one.name] for one in SETTINGS if one.parameter},
        variables=model.variables,
        golden=model.golden,
        origin=origin,
        requests=model.requests,
    )


def _time_after(newest: str) -> str:
    """The time in UTC, or the second after the newest release where that is later.

    A machine whose clock was fast must not keep its release the newest for ever.
    """
    now = datetime.datetime.now(datetime.timezone.utc)  # which Python 3.9 calls UTC so
    if NAME.fullmatch(newest):
        last = datetime.datetime.strptime(newest[:16] + "+0000", f"{TIME}%z")
        now = max(now, last + datetime.timedelta(seconds=1))
    return now.strftime(TIME)


def parse_record(text: str) -> Record:
    """Read a record in the content of its object.

    Raises:
        ReleaseError: it is not a record that this version of the pipeline wrote.
    """
    try:
        fields = json.loads(text)
        nested = {
            "golden": parse_golden(fields["golden"]),
            "origin": Origin(**fields.get("origin", {})),
            "requests": {k: parse_request(v) for k, v in fields.get("requests", {}).items()},
        }
        record = Record(**{**fields, **nested})
    except (ValueError, TypeError, KeyError, GoldenError) as error:
        raise ReleaseError(
            f"the release record cannot be read ({error}); push again with -p"
        ) from error
    if not _is_whole(record):
        raise ReleaseError("the release record holds what no push writes; push again with -p")
    return record


def _is_whole(record: Record) -> bool:
    texts = [record.release, record.project, record.digest, record.dockerfile, record.origin.commit]
    for pairs in (record.settings, record.variables):
        if not isinstance(pairs, dict):
            return False
        texts += [*pairs, *pairs.values()]
    if not all(isinstance(text, str) for text in texts):
        return False
    return bool(NAME.fullmatch(record.release) and DIGEST.fullmatch(record.digest))


def unreleased(
    record: Record, settings: Mapping[str, str], variables: Mapping[str, str]
) -> Iterator[str]:
    """Say what a model directory sets now and a record has otherwise.

    Args:
        record: of the release.
        settings: of the directory now, by name.
        variables: of the function, as the directory has them now.
    """
    for name, value in settings.items():
        released = record.settings.get(name, value)
        is_of_a_swap = name in ("MODEL_URI", "MODEL_URI_SHA256") and not value
        if released != value and not is_of_a_swap:
            yield f"note: the release has {name}={released}, {name} is {value} now: push with -p"
    for name in sorted({*record.variables, *variables}):
        if record.variables.get(name) != variables.get(name):
            yield f"note: the release has another variable {name} than model.env: push with -p"


def retired(names: Iterable[str], in_use: Collection[str]) -> list[str]:
    """List the tags of images that neither the newest 30 releases nor those in use need.

    Args:
        names: names of releases; anything else is passed over.
        in_use: the releases that a version of the function runs.
    """
    found = (NAME.fullmatch(name) for name in sorted(names))
    tags = [match["tag"] for match in found if match]
    used = {name.rpartition("-")[2] for name in in_use}
    return sorted(set(tags[:-KEPT]) - set(tags[-KEPT:]) - used)


def releases_in(keys: Iterable[Any], prefix: str) -> list[str]:
    """List the releases whose records are among the keys of a bucket, oldest first."""
    record = re.compile(re.escape(f"{prefix}/releases/") + f"({NAME_PATTERN})" + r"\.json")
    matches = (record.fullmatch(key) for key in keys)
    return sorted(match[1] for match in matches if match)
