"""-c: what will fail, or does, before anything is made and in a stage that is live."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

from pipeline.checks.account import account
from pipeline.checks.finding import BAD, Finding, bad, good
from pipeline.checks.live import live, registry
from pipeline.checks.model import model
from pipeline.cloud.record import Record
from pipeline.cloud.registry import registry_of
from pipeline.cloud.releases import Releases
from pipeline.cloud.stacks import Stack, read_stack, refuse_other
from pipeline.commands import note, say
from pipeline.errors import AwsError, PipelineError, ReleaseError, StackError
from pipeline.image.containers import docker
from pipeline.model.settings import MODEL_ENV, read_model_env, settings
from pipeline.options import Options
from pipeline.scratch import scratch_folder
from pipeline.target import Target, target_of

USUAL_MS = 100.0  # of a request, where no release has been measured
WIDTH = 5


def run(options: Options) -> None:
    """Print what was found, the command that mends it behind each.

    Raises:
        PipelineError: something will fail.
    """
    target = target_of(options)
    say(f"Check-up: {target.names.function_stack}")
    wrong = 0
    for found in _findings(target):
        wrong += found.level == BAD
        print(f"{found.level:<{WIDTH}} {found.text}")
        if found.mend:
            print(f"{'':<{WIDTH}} mend: {found.mend}")
    if wrong:
        raise PipelineError(f"{wrong} of these will fail: mend them, the commands stand below each")
    note("Nothing here will fail.")


def _findings(target: Target) -> Iterator[Finding]:
    yield _docker()
    values, broken = _settings(target)
    if broken:
        yield broken
    yield from account(values)
    try:
        stacks = [read_stack(name) for name in (target.names.registry_stack, *_own(target))]
    except AwsError as error:
        yield bad(f"the stacks cannot be read: {error}", "see above")
        return
    yield from _ours(target, *stacks)
    newest = _newest(target, stacks[0])
    if target.directory:
        yield from model(target.directory, values, newest)
    if stacks[0].has_resources:
        yield from registry(registry_of(stacks[0]), stacks[0])
    yield from live(stacks[1], newest.origin.golden_ms if newest else USUAL_MS)


def _own(target: Target) -> tuple[str]:
    return (target.names.function_stack,)


def _docker() -> Finding:
    if not shutil.which("docker") or docker("info", "--format", "{{.ServerVersion}}").returncode:
        return bad("there is no Docker daemon, which -p needs", "machine/docker")
    return good("a Docker daemon answers")


def _settings(target: Target) -> tuple[dict[str, str], Finding | None]:
    """Read the settings; the defaults where they are wrong, and what is wrong."""
    try:
        found = read_model_env(target.directory / MODEL_ENV) if target.directory else {}
        return settings(found, os.environ), None
    except PipelineError as error:
        return settings({}, {}), bad(str(error), f"mend {MODEL_ENV}, or what is exported")


def _ours(target: Target, *stacks: Stack) -> Iterator[Finding]:
    """Find out whether the names of the stacks are taken by others."""
    for stack, marks in zip(stacks, (target.registry_marks(), target.function_marks())):
        try:
            refuse_other(stack, marks)
        except StackError as error:
            yield bad(str(error), "export PROJECT=another-name")


def _newest(target: Target, stack: Stack) -> Record | None:
    """Read the newest release's record, if there is one that can be read."""
    bucket = stack.outputs.get("BucketName")
    if not bucket:
        return None
    with scratch_folder(target.options.scratch) as scratch:
        releases = Releases(bucket, target.names.prefix, scratch)
        try:
            names = releases.names()
            return releases.fetch(names[-1]) if names else None
        except (AwsError, ReleaseError):
            return None
