"""A model directory, read as a whole: everything in it that can be wrong shows at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import PipelineError
from pipeline.model.build_arguments import build_arguments, files_of_this_machine
from pipeline.model.context import make_context
from pipeline.model.golden import FILE, REQUESTS, Golden, read_golden, read_requests
from pipeline.model.settings import MODEL_ENV, read_model_env, settings
from pipeline.model.variables import variables


class Model(NamedTuple):
    """What a model's image is built from, set to and checked with.

    Attributes:
        directory: anywhere on disk.
        dockerfile: the Dockerfile's path in it.
        settings: every setting by name.
        variables: of the function, beyond those that settings give it.
        arguments: of the build, by name.
        files: of this machine that the build needs, from outside the directory.
        golden: the request that an image must answer.
        requests: more of them, by name, that a new version is asked before it is live.
    """

    directory: Path
    dockerfile: str
    settings: Mapping[str, str]
    variables: Mapping[str, str]
    arguments: Mapping[str, str]
    files: tuple[Path, ...]
    golden: Golden
    requests: Mapping[str, Golden] = {}

    def make_context(self, into: Path) -> Path:
        """Make the context of the image in a folder; the path of it."""
        allowed = self.settings["CONTEXT_ALLOW"].split(",")
        return make_context(self.directory, self.dockerfile, self.files, into, allowed)


def read_model(
    directory: Path, dockerfile: str, environ: Mapping[str, str], golden: Golden | None = None
) -> Model:
    """Read a model directory.

    Args:
        directory: the model directory.
        dockerfile: the Dockerfile's path in it.
        environ: exported settings and build arguments, which win.
        golden: the request that the image must answer; by default that of `example.json`.

    Raises:
        PipelineError: it is not a model directory, or something in it cannot be used.
    """
    if not directory.is_dir():
        raise PipelineError(f"there is no directory {directory}")
    arguments = build_arguments(directory, dockerfile, environ)
    model_env = read_model_env(directory / MODEL_ENV)
    return Model(
        directory=directory,
        dockerfile=dockerfile,
        settings=settings(model_env, environ),
        variables=variables(model_env, environ),
        arguments=arguments,
        files=tuple(files_of_this_machine(directory, dockerfile, environ).values()),
        golden=golden or read_golden(directory / FILE),
        requests=read_requests(directory / REQUESTS),
    )
