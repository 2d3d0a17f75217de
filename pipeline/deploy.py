"""-d: the function and its API."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from pipeline.cloud import content
from pipeline.cloud.aws import ask, both
from pipeline.cloud.images import find_image
from pipeline.cloud.record import Record, retired, unreleased
from pipeline.cloud.registry import Registry, find_registry
from pipeline.cloud.releases import SHOWN, Releases
from pipeline.cloud.stacks import Stack, deploy_stack, read_stack, settled_stack
from pipeline.cloud.template import template_with
from pipeline.cloud.versions import release_before, versions
from pipeline.commands import note, say
from pipeline.curl import curl
from pipeline.errors import PipelineError, ReleaseError
from pipeline.memory.cost import dollars_per_million
from pipeline.model.settings import MODEL_ENV, read_model_env, settings
from pipeline.model.variables import variables
from pipeline.options import PREVIOUS, STAGES, Options
from pipeline.promotion import promoted
from pipeline.scratch import scratch_folder
from pipeline.target import Target, target_of

KEY = "VersionKey"
SHARE_MS = 10


def run(options: Options) -> None:
    """Deploy a release and print the API's URL.

    Raises:
        PipelineError: it cannot be deployed, or the alias does not run it in the end.
    """
    target = target_of(options)
    say(f"Deploy: stack {target.names.function_stack}")
    with scratch_folder(options.scratch) as scratch:
        registry, stack = both(
            lambda: find_registry(target.names.registry_stack, scratch, options.command("-r")),
            lambda: settled_stack(target.names.function_stack, target.function_marks()),
        )
        releases = Releases(registry.bucket, target.names.prefix, scratch)
        record = _wanted(target, registry, releases, stack)
        _warn_of_settings(target, record)
        if _is_new(target, registry, stack, record):
            stack = read_stack(stack.name)
            _check_live(stack, record)
            _finish(registry, record, releases)
        else:
            _check_live(stack, record)
        _show_api(target, stack, record)


def _wanted(target: Target, registry: Registry, releases: Releases, stack: Stack) -> Record:
    """Find the release to deploy: the newest, one by name, another stage's, or the one before."""
    name = target.options.release
    if name in STAGES:
        return promoted(target, name, registry, releases)
    if name == PREVIOUS:
        name = _previous(target, stack)
    record = releases.fetch(name or _newest(target, releases))
    target.require_clean(record)
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


def _is_new(target: Target, registry: Registry, stack: Stack, record: Record) -> bool:
    """Deploy a record; whether it was not deployed already."""
    parameters = record.parameters(target.options.stage, registry.repository_uri, os.environ)
    if parameters["ImageUri"] != stack.parameters.get("ImageUri"):
        _require_image(target, registry, record)
    return deploy_stack(stack, template_with(record.variables, stack.name), parameters, KEY)


def _require_image(target: Target, registry: Registry, record: Record) -> None:
    if find_image(registry, f"imageDigest={record.digest}") is None:
        raise ReleaseError(
            f"the image of release {record.release} is no longer in the repository."
            f" Push the model again: {target.options.command('-p')}"
        )


def _check_live(stack: Stack, record: Record) -> None:
    """Refuse a deploy that reports success and changed nothing."""
    function, release = stack.outputs["FunctionName"], stack.outputs["Release"]
    live = ask("lambda", "get-function", "--function-name", function, "--qualifier", "live")
    image_uri = live["Code"]["ResolvedImageUri"]
    if image_uri.partition("@")[2] != record.digest:
        raise PipelineError(
            f"the alias live of {function} runs {image_uri}, not {record.digest} of release"
            f" {record.release}"
        )
    if release != record.release:
        raise PipelineError(f"the stack is at release {release}, not at {record.release}")


def _finish(registry: Registry, record: Record, releases: Releases) -> None:
    """Remove images that no release needs any more, and show the newest releases."""
    names = releases.names()
    old = retired(names, record.release)
    if old:
        content.remove(registry.repository, old)
    _show_releases(names, record.release)


def _show_releases(names: Sequence[str], live: str) -> None:
    newest = [f"{name} (live)" if name == live else name for name in reversed(names[-SHOWN:])]
    note(f"the newest releases, for -i: {', '.join(newest)}")


def _show_api(target: Target, stack: Stack, record: Record) -> None:
    url = target.api_url(stack.outputs)
    say(f"Live: release {record.release} of {stack.outputs['FunctionName']}. Try it:")
    directory = target.options.named_directory or Path("MODEL_DIRECTORY")
    note(curl(record.golden, url, directory))
    note(f"A browser gets a page there. {_costs(record)}")
    print(url)


def _costs(record: Record) -> str:
    """Say what requests cost on AWS; how long one computes, only measuring tells."""
    memory_mb, architecture = int(record.settings["MEMORY_SIZE"]), record.settings["ARCHITECTURE"]
    calls = dollars_per_million(0, memory_mb, architecture)
    more = dollars_per_million(SHARE_MS, memory_mb, architecture) - calls
    return (
        f"On AWS a million requests cost ${calls:.2f}, and ${more:.2f} more for each {SHARE_MS} ms"
        f" that one computes with {memory_mb:,} MB."
    )
