"""-d: the function and its API."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from pipeline.choice import wanted
from pipeline.cloud.aws import ask, both
from pipeline.cloud.images import find_image
from pipeline.cloud.quota import check_concurrency
from pipeline.cloud.record import Record
from pipeline.cloud.recorded import folder
from pipeline.cloud.registry import Registry, find_registry
from pipeline.cloud.releases import SHOWN, Releases
from pipeline.cloud.stacks import Stack, read_stack, settled_stack
from pipeline.commands import confirm, note, say
from pipeline.errors import PipelineError, ReleaseError
from pipeline.front import show_api
from pipeline.housekeeping import KEPT_SNAPSHOTS, KEPT_VERSIONS, tidy
from pipeline.model.concurrency import NO_BOUND, reserved
from pipeline.options import Options
from pipeline.scratch import scratch_folder
from pipeline.takeover import take_over
from pipeline.target import Target, target_of


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
        record = wanted(target, registry, releases, stack)
        if _is_new(target, registry, stack, record, releases):
            stack = read_stack(stack.name)
            _check_live(stack, record)
            _finish(registry, stack, record, releases)
        else:
            _check_live(stack, record)
        show_api(target, stack, record)


def _is_new(
    target: Target, registry: Registry, stack: Stack, record: Record, releases: Releases
) -> bool:
    """Deploy a record; whether it was not deployed already."""
    parameters = record.parameters(target.options.stage, registry.repository_uri, os.environ)
    parameters["RecordTo"] = folder(registry.bucket, target.names.prefix)
    _confirm_door(target, stack, parameters)
    _confirm_opening(target, stack, parameters)
    _check_room(target, stack, parameters)
    if parameters["ImageUri"] != stack.parameters.get("ImageUri"):
        _require_image(target, registry, record)
    return take_over(target, stack, record, parameters, releases)


def _confirm_door(target: Target, stack: Stack, parameters: Mapping[str, str]) -> None:
    """Ask before the URL of a stage goes away."""
    door = stack.outputs.get("Door", "rest")
    if stack.outputs and parameters["Door"] != door:
        url = target.api_url(stack.outputs)
        question = (
            f"With DOOR={parameters['Door']} in place of {door}, {url} stops answering, and clients"
            " need the new URL. Go on?"
        )
        confirm(target.options.yes, question, "nothing was deployed")


def _confirm_opening(target: Target, stack: Stack, parameters: Mapping[str, str]) -> None:
    """Ask before anyone may call what now only some may."""
    auth = stack.outputs.get("Auth", "none")
    is_open = parameters["Auth"] == "none" or (
        not parameters["Auth"] and target.options.stage == "dev"
    )
    if auth != "none" and is_open:
        question = (
            f"AUTH is {auth} now. With this deploy anyone may call the model: AUTH={auth} keeps it"
            " closed, exported or in model.env. Go on?"
        )
        confirm(target.options.yes, question, "nothing was deployed")


def _check_room(target: Target, stack: Stack, parameters: Mapping[str, str]) -> None:
    """Refuse a reservation of concurrency that the account has not, before anything is changed."""
    before = stack.outputs.get("ReservedConcurrency", NO_BOUND)
    wanted = reserved(target.options.stage, parameters["ReservedConcurrency"])
    if wanted not in (NO_BOUND, before):
        check_concurrency(int(wanted), 0 if before == NO_BOUND else int(before))


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


def _finish(registry: Registry, stack: Stack, record: Record, releases: Releases) -> None:
    """Delete what is too old to go back to, and show the newest releases."""
    names = releases.names()
    most = KEPT_SNAPSHOTS if stack.outputs.get("SnapStart") == "on" else KEPT_VERSIONS
    tidy(registry, names, stack.outputs["FunctionName"], most)
    _show_releases(names, record.release)


def _show_releases(names: Sequence[str], live: str) -> None:
    newest = [f"{name} (live)" if name == live else name for name in reversed(names[-SHOWN:])]
    note(f"the newest releases, for -i: {', '.join(newest)}")
