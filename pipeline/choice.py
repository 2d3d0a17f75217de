"""Which release -d deploys: the newest, one by name, another stage's, or the one before."""

from __future__ import annotations

import os

from pipeline.cloud.record import Record, unreleased
from pipeline.cloud.registry import Registry
from pipeline.cloud.releases import Releases
from pipeline.cloud.stacks import Stack
from pipeline.cloud.versions import release_before, versions
from pipeline.commands import note
from pipeline.errors import ReleaseError
from pipeline.model.settings import MODEL_ENV, read_model_env, settings
from pipeline.model.variables import variables
from pipeline.options import PREVIOUS, STAGES
from pipeline.promotion import promoted
from pipeline.target import Target


def wanted(target: Target, registry: Registry, releases: Releases, stack: Stack) -> Record:
    """Find the release that -i names; without a name the newest one.

    Raises:
        PipelineError: there is none, or the stage does not take it.
    """
    name = target.options.release
    if name in STAGES:
        return promoted(target, name, registry, releases)
    if name == PREVIOUS:
        name = _previous(target, stack)
    record = releases.fetch(name or _newest(target, releases))
    target.require_clean(record)
    _warn_of_settings(target, record)
    return record


def _newest(target: Target, releases: Releases) -> str:
    names = releases.names()
    if not names:
        raise ReleaseError(
            f"nothing was pushed for stage {target.options.stage} yet."
            f" Push the model: {target.options.command('-p')}"
        )
    return names[-1]


def _previous(target: Target, stack: Stack) -> str:
    current = stack.outputs.get("Release", "")
    name = current and release_before(versions(stack.outputs["FunctionName"]), current)
    if not name:
        raise ReleaseError(
            f"stage {target.options.stage} has run no other release than {current or 'none'} that"
            f" is still there. The releases: {target.options.command('-i')}"
        )
    return name


def _warn_of_settings(target: Target, record: Record) -> None:
    """Say what of model.env is not in the newest release: one is deployed as it was pushed."""
    if target.directory and not target.options.release:
        model_env = read_model_env(target.directory / MODEL_ENV)
        found = settings(model_env, os.environ), variables(model_env, os.environ)
        for line in unreleased(record, *found):
            note(line)
