"""-p: the image, built, checked and pushed, and its release recorded."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import NamedTuple

from pipeline.cloud.aws import both
from pipeline.cloud.images import Pushed, find_image, pull_image, push_image, refuse_index
from pipeline.cloud.record import Record, new_record
from pipeline.cloud.registry import Registry, find_registry
from pipeline.cloud.releases import Releases
from pipeline.commands import note, say
from pipeline.errors import ImageError, ReleaseError
from pipeline.image.base import start_docker, with_base
from pipeline.image.build import build_image
from pipeline.image.check import check_image
from pipeline.image.containers import has_image
from pipeline.image.function import function_of
from pipeline.model.directory import Model
from pipeline.model.dockerfile import read_dockerfile, unread
from pipeline.model.fingerprint import fingerprint
from pipeline.model.golden import FILE
from pipeline.model.settings import MODEL_ENV
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
    say(f"Push: {model.directory}")
    with scratch_folder(options.scratch) as scratch:
        registry = find_registry(target.names.registry_stack, scratch, options.command("-r"))
        model = with_base(model, stays_here=options.stays_here)
        releases = Releases(registry.bucket, target.names.prefix, scratch)
        print(_Push(model, target.names.project, registry, releases).release())


class _Push(NamedTuple):
    """One push of a model to a registry."""

    model: Model
    project: str
    registry: Registry
    releases: Releases

    def release(self) -> str:
        """Push and record what is not there yet; the name of the release."""
        context = self.model.make_context(self.releases.scratch)
        tag = fingerprint(context, self._facts(), self._unread())
        identifier = f"imageTag={tag}"
        found, names = both(partial(find_image, self.registry, identifier), self.releases.names)
        if found:
            note(f"unchanged: {self._image(tag)} is in the repository")
            refuse_index(self.registry, tag, found)
        pushed = found or self._push(context, tag)
        newest = names[-1] if names else ""
        record = new_record(self.model, self.project, tag, pushed.digest, newest)
        if newest and self._deploys_like(newest, record):
            note(f"unchanged: {newest} is the newest release")
            return newest
        if found:
            self._check_again(tag)
        return self._record(record)

    def _facts(self) -> list[str]:
        """List what the image depends on beside its context."""
        arguments = "\n".join(f"{name}={value}" for name, value in self.model.arguments.items())
        architecture = self.model.settings["ARCHITECTURE"]
        return [self.project, self.model.dockerfile, architecture, arguments]

    def _unread(self) -> list[str]:
        """List what changes nothing in the image: the settings may change without a build."""
        text = read_dockerfile(self.model.directory, self.model.dockerfile)
        return unread(text, ("README.md", MODEL_ENV, FILE))

    def _image(self, tag: str) -> str:
        return f"{self.registry.repository_uri}:{tag}"

    def _push(self, context: Path, tag: str) -> Pushed:
        image = self._image(tag)
        build_image(self.model, context, image)
        check_image(function_of(self.model, self.project, image))
        push_image(self.registry, image)
        pushed = find_image(self.registry, f"imageTag={tag}")
        if pushed is None:
            raise ImageError(f"{image} was pushed but is not in the repository: push it again")
        refuse_index(self.registry, tag, pushed)
        return pushed

    def _check_again(self, tag: str) -> None:
        """Check an image of an earlier push: other settings may be too little for it."""
        image = self._image(tag)
        start_docker()
        if not has_image(image):
            pull_image(self.registry, image)
        check_image(function_of(self.model, self.project, image))

    def _deploys_like(self, newest: str, record: Record) -> bool:
        try:
            return self.releases.fetch(newest).deploys_like(record)
        except ReleaseError:  # a broken record is mended by a new one
            return False

    def _record(self, record: Record) -> str:
        self.releases.save(record)
        say(f"Released: {record.release}")
        return record.release
