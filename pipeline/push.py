"""-p: the image, built, checked and pushed, and its release recorded."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from pipeline.cloud.aws import together
from pipeline.cloud.images import Pushed, find_image, log_in, push_image, refuse_index
from pipeline.cloud.record import new_record
from pipeline.cloud.registry import Registry, required
from pipeline.cloud.releases import Releases
from pipeline.cloud.stacks import read_stack
from pipeline.commands import note, say
from pipeline.commands import run as run_command
from pipeline.errors import ImageError, ReleaseError
from pipeline.image.base import start_docker, with_base
from pipeline.image.build import build_image
from pipeline.image.check import check_image
from pipeline.image.containers import has_image
from pipeline.image.function import function_of
from pipeline.model.directory import Model
from pipeline.model.fingerprint import fingerprint
from pipeline.options import Options
from pipeline.scratch import scratch_folder
from pipeline.target import Target, model_of, target_of


def run(options: Options) -> None:
    """Push a model and print the name of its release, a new one if anything changed.

    Raises:
        PipelineError: the image cannot be built, checked or pushed.
    """
    model = model_of(options)
    target = target_of(options)
    say(f"Push: {model.directory}")
    stack = read_stack(target.names.registry_stack)
    registry = required(stack, options.command("-r"))
    model = with_base(model, stays_here=bool(options.local))
    with scratch_folder(options.scratch) as scratch:
        print(_Push(target, model, registry, scratch).release())


class _Push(NamedTuple):
    """One push of a model to a registry."""

    target: Target
    model: Model
    registry: Registry
    scratch: Path

    def release(self) -> str:
        """Push what is not there yet; the name of the release."""
        project, releases = self.target.names.project, self._releases()
        context = self.model.make_context(self.scratch)
        tag = fingerprint(context, self._facts())
        found, names = self._look_up(tag, releases)
        is_new = found is None
        if found is None:
            found = self._push(context, tag)
        else:
            note(f"unchanged: {self._image(tag)} is in the repository")
        refuse_index(self.registry, tag, found)
        newest = names[-1] if names else ""
        record = new_record(self.model, project, tag, found.digest, newest)
        if newest and self._deploys_like(releases, newest, record):
            note(f"unchanged: {newest} is the newest release")
            return newest
        if not is_new:
            self._check_again(tag)
        releases.save(record)
        say(f"Released: {record.release}")
        return record.release

    def _releases(self) -> Releases:
        return Releases(self.registry.bucket, self.target.names.prefix, self.scratch)

    def _image(self, tag: str) -> str:
        return f"{self.registry.repository_uri}:{tag}"

    def _facts(self) -> list[str]:
        """List what the image depends on beside its context."""
        model = self.model
        arguments = "\n".join(f"{name}={value}" for name, value in model.arguments.items())
        architecture = model.settings["ARCHITECTURE"]
        return [self.target.names.project, model.dockerfile, architecture, arguments]

    def _look_up(self, tag: str, releases: Releases) -> tuple[Pushed | None, list[str]]:
        """Ask at once for the image and for the releases' names."""
        found, names = together(
            lambda: find_image(self.registry, f"imageTag={tag}"), releases.names
        )
        return found, names  # type: ignore[return-value]  # in the order of the questions

    def _push(self, context: Path, tag: str) -> Pushed:
        image = self._image(tag)
        build_image(self.model, context, image)
        check_image(function_of(self.model, self.target.names.project, image))
        push_image(self.registry, image)
        found = find_image(self.registry, f"imageTag={tag}")
        if found is None:
            raise ImageError(f"{image} was pushed but is not in the repository: push it again")
        return found

    def _deploys_like(self, releases: Releases, newest: str, record: object) -> bool:
        try:
            return releases.fetch(newest).deploys_like(record)  # type: ignore[arg-type]
        except ReleaseError:  # a broken record is mended by a new one
            return False

    def _check_again(self, tag: str) -> None:
        """Check an image of an earlier push: other settings may be too little for it."""
        image = self._image(tag)
        start_docker()
        if not has_image(image):
            log_in(self.registry)
            if not run_command(("docker", "pull", image)):
                raise ImageError(f"{image} cannot be pulled; the reason stands above")
        check_image(function_of(self.model, self.target.names.project, image))
