"""`-i STAGE -d`: the release that one stage runs, taken into another, byte for byte."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.cloud.aws import both, using_profile
from pipeline.cloud.distribution import Manifest, Repository, repository_of
from pipeline.cloud.record import Record
from pipeline.cloud.registry import Registry, find_registry
from pipeline.cloud.releases import Releases
from pipeline.cloud.stacks import read_stack
from pipeline.commands import note, say
from pipeline.errors import ImageError, ReleaseError
from pipeline.model.names import names
from pipeline.model_object import fetch, object_of, upload
from pipeline.target import Target

PROFILE = "PROMOTE_PROFILE"  # of the AWS CLI, for the account of the stage that it comes from
AT_ONCE = 4


class _Source(NamedTuple):
    """What another stage runs, and where its image is.

    Attributes:
        record: of the release.
        repository: of the image.
        model_file: of its model, where that is in the stage's own bucket.
    """

    record: Record
    repository: Repository
    model_file: Path | None


def promoted(target: Target, stage: str, registry: Registry, releases: Releases) -> Record:
    """Take over the release that another stage runs: its image, then its record.

    Args:
        target: where it shall run.
        stage: dev, stage or prod, whose release it is.
        registry: of the target.
        releases: of the target.

    Raises:
        PipelineError: that stage runs nothing, or its image cannot be taken over.
    """
    say(f"Promote: what {stage} runs, to {target.options.stage}")
    with using_profile(os.environ.get(PROFILE, "")):
        source = _source(target, stage, releases.scratch)
        target.require_clean(source.record)
    tag = _copy_image(source, repository_of(registry))
    record = source.record._replace(release=f"{source.record.release.partition('-')[0]}-{tag}")
    if source.model_file:
        to = object_of(source.model_file, registry.bucket, releases.prefix)
        upload(source.model_file, to)
        record = record._replace(settings=to.in_settings(record.settings))
    if record.release not in releases.names():
        releases.save(record)
    note(f"{record.release} is in {target.options.stage} as {stage} has it: {record.digest}")
    return record


def _source(target: Target, stage: str, scratch: Path) -> _Source:
    found = names(target.options.named_directory, os.environ, stage)
    command = target.options._replace(stage=stage).command("-r -p -d")
    registry, stack = both(
        lambda: find_registry(found.registry_stack, scratch, command),
        lambda: read_stack(found.function_stack),
    )
    release = stack.outputs.get("Release")
    if not release:
        raise ReleaseError(f"nothing is deployed in stage {stage}. Deploy it first: {command}")
    record = Releases(registry.bucket, found.prefix, scratch).fetch(release)
    deployed = stack.outputs["ImageUri"].partition("@")[2]
    if deployed != record.digest:
        raise ReleaseError(
            f"{stage} runs {deployed}, and the record of its release {release} has {record.digest}:"
            f" deploy it there again, then promote it"
        )
    is_own = record.settings.get("MODEL_URI", "").startswith(f"s3://{registry.bucket}/")
    model_file = fetch(record.settings, scratch) if is_own else None
    return _Source(record, repository_of(registry), model_file)


def _copy_image(source: _Source, into: Repository) -> str:
    """Copy an image with its digest; the tag that it has there."""
    record, repository = source.record, source.repository
    manifest = repository.manifest(record.digest)
    if manifest is None or manifest.digest != record.digest:
        raise ImageError(
            f"the image of release {record.release} is no longer in {repository.host}/"
            f"{repository.name}: push the model there again"
        )
    blobs = _blobs(manifest)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        copied = list(threads.map(lambda blob: _copy_blob(repository, into, blob), blobs))
    note(f"{len(blobs)} parts of the image: {_counted(copied)}")
    return _name(into, manifest, record.release.rpartition("-")[2])


def _blobs(manifest: Manifest) -> list[Mapping[str, Any]]:
    read = json.loads(manifest.content)
    found = {part["digest"]: part for part in (read["config"], *read["layers"])}
    return list(found.values())


def _copy_blob(source: Repository, into: Repository, part: Mapping[str, Any]) -> str:
    """Bring a part of an image to where it shall be; how that was done."""
    digest, size = str(part["digest"]), int(part["size"])
    if into.has_blob(digest):
        return "there already"
    if source.host == into.host and into.mount_blob(digest, source.name):
        return "mounted"
    with closing(source.blob(digest)) as content:
        into.put_blob(digest, size, content)
    return "copied"


def _counted(done: list[str]) -> str:
    return ", ".join(f"{done.count(how)} {how}" for how in sorted(set(done)))


def _name(into: Repository, manifest: Manifest, tag: str) -> str:
    """Name an image by its tag, or by its digest where another image has the tag."""
    there = into.manifest(tag)
    if there and there.digest != manifest.digest:
        return _name(into, manifest, manifest.digest.partition(":")[2])
    if not there:
        into.put_manifest(manifest, tag)
    return tag
