"""-m: another file of the model in the image of the newest release, without a build.

One layer is made here and pushed over the registry's API; the image is checked and released as
any other.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

from pipeline.cloud import content
from pipeline.cloud.aws import caller
from pipeline.cloud.distribution import Repository, repository_of
from pipeline.cloud.images import find_image, pull_image
from pipeline.cloud.record import Record, new_record
from pipeline.cloud.registry import Registry, find_registry
from pipeline.cloud.releases import Releases
from pipeline.commands import note, say
from pipeline.errors import GivenError, ImageError, ReleaseError
from pipeline.image.base import start_docker
from pipeline.image.check import Checked, check_image
from pipeline.image.function import function_of
from pipeline.image.golden import HAS_STAGE
from pipeline.image.overlay import Image, make_layer, put_image, read_file, read_image
from pipeline.model.directory import Model
from pipeline.model.dockerfile import read_dockerfile
from pipeline.model.fingerprint import LENGTH
from pipeline.model.golden import FILE
from pipeline.model.origin import origin_of, require_clean
from pipeline.model_object import ModelObject, object_of, require_reader, require_room, upload
from pipeline.options import Options
from pipeline.scratch import scratch_folder
from pipeline.target import model_of, target_of

DIGESTS = "digests.json"
MB = 1_000_000


def run(options: Options) -> None:
    """Release the newest image with another file of the model; prints the release's name.

    Raises:
        PipelineError: there is no such file in the image, its build does more with it than copy
            it, or the image does not give the golden answer with it.
    """
    model, target = model_of(options), target_of(options)
    file = _file(options.weights)
    if model.settings["SWAP"] == "s3":
        require_reader(model)
        require_room(file, model.settings)
        say(f"Swap: {file.name} beside the image of the newest release")
    else:
        _refuse_built(model)
        say(f"Swap: {file.name} in the image of the newest release")
    with scratch_folder(options.scratch) as scratch:
        registry = find_registry(target.names.registry_stack, scratch, options.command("-r"))
        releases = Releases(registry.bucket, target.names.prefix, scratch)
        names = releases.names()
        if not names:
            raise ReleaseError(f"nothing was pushed yet. Push the model: {options.command('-p')}")
        base = releases.fetch(names[-1])
        swap = _Swap(model, target.names.project, registry, repository_of(registry), base, file)
        if model.settings["SWAP"] == "s3":
            record = swap.record_of_object(object_of(file, registry.bucket, releases.prefix))
        else:
            record = swap.record()
        require_clean(options.stage, record.origin, model.settings["ALLOW_DIRTY"])
        if base.deploys_like(record):
            note(f"unchanged: {base.release} has this file")
            print(base.release)
            return
        releases.save(record)
        say(f"Released: {record.release}")
        print(record.release)


def _file(path: Path | None) -> Path:
    if path is None or not path.is_file():
        raise GivenError(f"there is no file {path}: -m takes the model's new file")
    return path


def _refuse_built(model: Model) -> None:
    """Refuse a model whose build does more with the file than to copy it."""
    if HAS_STAGE.search(read_dockerfile(model.directory, model.dockerfile)):
        raise GivenError(
            "the build of this model compares its answers with the library's own, and reads the"
            " file for names and categories: a swap would do neither. Push the model with -p"
        )


class _Swap(NamedTuple):
    """One swap: a model's new file, and the release in whose image it goes."""

    model: Model
    project: str
    registry: Registry
    repository: Repository
    base: Record
    file: Path

    def record(self) -> Record:
        """Make the image, check it, and give the record of it."""
        image = read_image(self.repository, self.base.digest, self.file.name)
        layer = make_layer(self._files(image))
        tag = self._tag(image, layer.diff_id)
        found = find_image(self.registry, f"imageTag={tag}")
        if found:
            note(f"unchanged: {self.registry.repository_uri}:{tag} is in the repository")
            digest, size = found.digest, found.image_bytes
        else:
            digest = put_image(self.repository, image, layer, tag, self.file.name).digest
            size = self.base.origin.image_bytes
            note(f"{len(layer.packed) / MB:.1f} MB are new in the image")
        checked = self._checked(tag, is_new=not found)
        return self._new(self.model, tag, digest, checked, size)

    def record_of_object(self, to: ModelObject) -> Record:
        """Check the image with the file beside it, upload the file, and give the record of both."""
        model = self.model._replace(settings=to.in_settings(self.model.settings))
        image = f"{self.registry.repository_uri}@{self.base.digest}"
        start_docker()
        pull_image(self.registry, image)
        function = function_of(model, self.project, image)
        checked = check_image(function._replace(model_file=self.file))
        upload(self.file, to)
        tag = self.base.release.rpartition("-")[2]
        return self._new(model, tag, self.base.digest, checked, self.base.origin.image_bytes)

    def _new(self, model: Model, tag: str, digest: str, checked: Checked, size: int) -> Record:
        origin = origin_of(self.file, self.model.directory / self.model.settings["WHEELS_FOR"])
        origin = origin._replace(
            clean=origin.clean and self.base.origin.clean,  # all below the file is of that release
            engine=checked.engine,
            image_bytes=size,
            golden_ms=round(checked.golden_ms, 1),
            by=caller(),
            peak_mib=checked.peak_mib,
        )
        return new_record(model, self.project, tag, digest, self.base.release, origin)

    def _files(self, image: Image) -> dict[str, bytes]:
        """Give what changes in /var/task: the file, its digest, and the golden request."""
        told = json.loads(read_file(self.repository, image, DIGESTS))
        new = self.file.read_bytes()
        fields = {"bytes": len(new), "sha256": hashlib.sha256(new).hexdigest()}
        places = [one for one in told if Path(one["name"]).name == self.file.name]
        if len(places) != 1:
            has = ", ".join(one["name"] for one in told) or "none"
            raise ImageError(
                f"the image has {len(places)} files called {self.file.name}; it has {has}. Name the"
                " new file as the one that it replaces"
            )
        told = [{**one, **fields} if one in places else one for one in told]
        golden = (self.model.directory / FILE).read_bytes()
        return {places[0]["name"]: new, DIGESTS: json.dumps(told).encode(), FILE: golden}

    def _tag(self, image: Image, diff_id: str) -> str:
        below = json.dumps([part["digest"] for part in image.manifest["layers"]])
        return hashlib.sha256(f"{below}{diff_id}{self.project}".encode()).hexdigest()[:LENGTH]

    def _checked(self, tag: str, is_new: bool) -> Checked:
        """Check the image as any other; one that fails does not stay in the repository."""
        image = f"{self.registry.repository_uri}:{tag}"
        try:
            start_docker()
            pull_image(self.registry, image)
            return check_image(function_of(self.model, self.project, image))
        except ImageError:
            if is_new:
                content.remove(self.registry.repository, [tag])
            raise
