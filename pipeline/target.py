"""What a step works on: a model in one stage, on AWS or on the local one."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.cloud.aws import prepare
from pipeline.cloud.record import Record
from pipeline.errors import PipelineError
from pipeline.given.adoption import adopt, check_given, is_given
from pipeline.model.directory import Model, read_model
from pipeline.model.dockerfile import read_dockerfile
from pipeline.model.names import Names, names
from pipeline.model.origin import require_clean
from pipeline.model.settings import MODEL_ENV, read_model_env, settings
from pipeline.options import Options

DOCKERFILE = "Dockerfile"


class Target(NamedTuple):
    """A model in one stage.

    Attributes:
        options: what the step was told.
        directory: the model directory; None where exported names or a model's file stand in for it.
        names: of its stacks and objects.
        local_urls: the forms of the API's URL on the local AWS, by the door; none on AWS.
    """

    options: Options
    directory: Path | None
    names: Names
    local_urls: Mapping[str, str] = {}

    def registry_marks(self) -> dict[str, str | None]:
        """List the parameters of a registry's stack that this project made for this model."""
        names = {"Project": self.names.registry_project, "Stage": self.options.stage}
        return {**names, "UntaggedImageDays": None}

    def function_marks(self) -> dict[str, str | None]:
        """List the parameters of a function's stack that this project made in this stage."""
        return {"Stage": self.options.stage, "Release": None, "VersionKey": None}

    def stack_of(self, stage: str) -> str:
        """Name the function's stack of the same model in another stage."""
        return names(self.options.named_directory, os.environ, stage).function_stack

    def require_clean(self, record: Record) -> None:
        """Refuse a release that this stage does not take.

        Raises:
            ReleaseError: it was not made of what git has, and the stage is prod.
        """
        found = read_model_env(self.directory / MODEL_ENV) if self.directory else {}
        allowed = settings(found, os.environ)["ALLOW_DIRTY"]
        require_clean(self.options.stage, record.origin, allowed, record.release)

    def api_url(self, outputs: Mapping[str, str]) -> str:
        """Tell where the API answers, from the outputs of its stack."""
        form = self.local_urls.get(outputs.get("Door", "rest"), "")
        return form.format(stage=self.options.stage, **outputs) or outputs["ApiUrl"]


def target_of(options: Options) -> Target:
    """Find out what a step works on, and make this process ready to call AWS for it.

    Raises:
        PipelineError: there is no such model, or AWS cannot be called.
    """
    path = options.named_directory
    directory = None if path and is_given(path) else path
    if directory:
        check_directory(directory, options.dockerfile)
    elif path:
        check_given(path)
    found = names(path, os.environ, options.stage)
    local_urls = _enter_local(options.local) if options.local else {}
    prepare(local=bool(options.local))
    return Target(options, directory, found, local_urls)


def model_of(options: Options) -> Model:
    """Read the model directory that a step is told of, whole, or that of a model's file.

    Raises:
        PipelineError: something in it cannot be used.
    """
    directory = adopt(options.model_directory, os.environ, stays_here=options.stays_here)
    check_directory(directory, options.dockerfile)
    model = read_model(directory, options.dockerfile or DOCKERFILE, os.environ)
    if options.wheels:
        return model._replace(settings={**model.settings, "WHEELHOUSE": "1"})
    return model


def check_directory(directory: Path, dockerfile: str) -> None:
    """Make sure that a folder is a model directory.

    Raises:
        PipelineError: it is not; the message says how to name one.
    """
    if not directory.is_dir():
        raise PipelineError(f"there is no directory {directory}")
    read_dockerfile(directory, dockerfile or DOCKERFILE)


def _enter_local(file: Path) -> dict[str, str]:
    """Point this process at the local AWS; the forms of the URLs of its APIs."""
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    for name, value in told["variables"].items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    for name in set(os.environ) - set(told["variables"]):
        if name.startswith("AWS_"):
            del os.environ[name]
    return dict(told["api_urls"])
