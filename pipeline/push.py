"""-p: the image, built, checked and pushed, and its release recorded."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import NamedTuple

from pipeline.cloud.aws import both, caller
from pipeline.cloud.images import Pushed, find_image, pull_image, push_image, refuse_index
from pipeline.cloud.record import Record, new_record
from pipeline.cloud.registry import Registry, find_registry
from pipeline.cloud.releases import Releases
from pipeline.commands import note, say
from pipeline.drift.sketches import BASELINE
from pipeline.errors import ImageError, ReleaseError
from pipeline.image.base import start_docker, with_base
from pipeline.image.build import build_image
from pipeline.image.check import Checked, check_image
from pipeline.image.containers import has_image
from pipeline.image.function import function_of
from pipeline.model.directory import Model
from pipeline.model.dockerfile import read_dockerfile, unread
from pipeline.model.fingerprint import fingerprint
from pipeline.model.golden import FILE, REQUESTS
from pipeline.model.origin import Origin, origin_of, require_clean
from pipeline.model.settings import MODEL_ENV
from pipeline.model_object import fetch, require_reader
from pipeline.options import Options
from pipeline.scratch import scratch_folder
from pipeline.target import model_of, target_of


def run(options: Options) -> None:
    """Push a model and print the name of its release, a new one if anything changed.

    Raises:
        PipelineError: the image cannot be built, checked or pushed.
    """
    model = model_of(options)
    target = target_of(options)
    origin = origin_of(options.model_directory, model.directory / model.settings["WHEELS_FOR"])
    require_clean(options.stage, origin, model.settings["ALLOW_DIRTY"])
    say(f"Push: {model.directory}")
    if model.settings["MODEL_URI"]:
        require_reader(model)
    with scratch_folder(options.scratch) as scratch:
        registry = find_registry(target.names.registry_stack, scratch, options.command("-r"))
        model = with_base(model, stays_here=options.stays_here)
        releases = Releases(registry.bucket, target.names.prefix, scratch)
        print(_Push(model, target.names.project, registry, releases, origin).release())


class _Push(NamedTuple):
    """One push of a model to a registry."""

    model: Model
    project: str
    registry: Registry
    releases: Releases
    origin: Origin

    def release(self) -> str:
        """Push and record what is not there yet; the name of the release."""
        context = self.model.make_context(self.releases.scratch)
        tag = fingerprint(context, self._facts(), self._unread())
        identifier = f"imageTag={tag}"
        found, names = both(partial(find_image, self.registry, identifier), self.releases.names)
        newest = names[-1] if names else ""
        if found:
            note(f"unchanged: {self._image(tag)} is in the repository")
            refuse_index(self.registry, tag, found)
            if self._is_released(newest, tag, found):
                note(f"unchanged: {newest} is the newest release")
                return newest
        else:
            self._build(context, tag)
        self._warn_of_object(newest)
        checked = self._check(tag)
        pushed = found or self._push(tag)
        return self._record(self._new(tag, pushed, newest, self._origin(pushed, checked)))

    def _facts(self) -> list[str]:
        """List what the image depends on beside its context."""
        arguments = "\n".join(f"{name}={value}" for name, value in self.model.arguments.items())
        architecture = self.model.settings["ARCHITECTURE"]
        return [self.project, self.model.dockerfile, architecture, arguments]

    def _unread(self) -> list[str]:
        """List what changes nothing in the image: the settings may change without a build."""
        text = read_dockerfile(self.model.directory, self.model.dockerfile)
        more = tuple(f"{REQUESTS}/{name}" for name in self.model.requests)
        return unread(text, ("README.md", MODEL_ENV, FILE, BASELINE, REQUESTS, *more))

    def _image(self, tag: str) -> str:
        return f"{self.registry.repository_uri}:{tag}"

    def _build(self, context: Path, tag: str) -> None:
        build_image(self.model, context, self._image(tag))

    def _check(self, tag: str) -> Checked:
        """Check an image, one of an earlier push too: other settings may be too little for it."""
        image = self._image(tag)
        start_docker()
        if not has_image(image):
            pull_image(self.registry, image)
        function = function_of(self.model, self.project, image)
        model_file = fetch(self.model.settings, self.releases.scratch)
        return check_image(function._replace(model_file=model_file))

    def _warn_of_object(self, newest: str) -> None:
        """Say so where the newest release has its model from S3, and this one from its image."""
        try:
            released = self.releases.fetch(newest).settings if newest else {}
        except ReleaseError:
            return
        uri = released.get("MODEL_URI", "")
        if uri and not self.model.settings["MODEL_URI"]:
            note(
                f"note: the newest release has its model from {uri}, this one from its image. To"
                f" keep it, write into {MODEL_ENV}: MODEL_URI={uri} and"
                f" MODEL_URI_SHA256={released['MODEL_URI_SHA256']}"
            )

    def _push(self, tag: str) -> Pushed:
        push_image(self.registry, self._image(tag))
        pushed = find_image(self.registry, f"imageTag={tag}")
        if pushed is None:
            raise ImageError(
                f"{self._image(tag)} was pushed but is not in the repository: push it again"
            )
        refuse_index(self.registry, tag, pushed)
        return pushed

    def _new(self, tag: str, pushed: Pushed, newest: str, origin: Origin) -> Record:
        return new_record(self.model, self.project, tag, pushed.digest, newest, origin)

    def _is_released(self, newest: str, tag: str, pushed: Pushed) -> bool:
        """Tell whether the newest release deploys this image so, and comes from as clean a tree."""
        record = self._new(tag, pushed, newest, self.origin)
        try:
            released = self.releases.fetch(newest) if newest else None
        except ReleaseError:  # a broken record is mended by a new one
            return False
        if not (released and released.deploys_like(record)):
            return False
        return released.origin.clean or not self.origin.clean

    def _origin(self, pushed: Pushed, checked: Checked) -> Origin:
        return self.origin._replace(
            engine=checked.engine,
            image_bytes=pushed.image_bytes,
            golden_ms=round(checked.golden_ms, 1),
            peak_mib=checked.peak_mib,
            by=caller(),
        )

    def _record(self, record: Record) -> str:
        self.releases.save(record)
        say(f"Released: {record.release}")
        return record.release
