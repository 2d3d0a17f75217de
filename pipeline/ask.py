"""-t: one real request to the deployed API."""

from __future__ import annotations

import sys
import time

from pipeline.cloud.api import post_when_settled
from pipeline.cloud.aws import tell
from pipeline.cloud.callers import authorize
from pipeline.cloud.record import Record
from pipeline.cloud.registry import find_registry
from pipeline.cloud.releases import Releases
from pipeline.cloud.stacks import Stack, read_stack
from pipeline.commands import note, say
from pipeline.errors import GoldenError, PipelineError
from pipeline.options import Options
from pipeline.scratch import scratch_folder
from pipeline.target import Target, target_of

SHOWN_CHARACTERS = 2000
LOG_EVENTS = "20"
LOG_STARTS_SECONDS_BEFORE = 60


def run(options: Options) -> None:
    """Send the golden request of the deployed release, and print the answer.

    Raises:
        PipelineError: nothing is deployed, or the answer is another one.
    """
    target = target_of(options)
    say("Ask: the golden request of the release that is deployed")
    stack = read_stack(target.names.function_stack)
    if "Release" not in stack.outputs:
        raise PipelineError(
            f"nothing is deployed in stage {options.stage}. Deploy: {options.command('-d')}"
        )
    _ask(target.api_url(stack.outputs), _record(target, stack), stack)


def _record(target: Target, stack: Stack) -> Record:
    name = stack.outputs["Release"]
    with scratch_folder(target.options.scratch) as scratch:
        command = target.options.command("-r")
        registry = find_registry(target.names.registry_stack, scratch, command)
        return Releases(registry.bucket, target.names.prefix, scratch).fetch(name)


def _ask(url: str, record: Record, stack: Stack) -> None:
    began_ms = round((time.time() - LOG_STARTS_SECONDS_BEFORE) * 1000)
    try:
        answer = post_when_settled(url, record.golden.request, authorize(stack))
        print(answer.body[:SHOWN_CHARACTERS])
        note(f"status {answer.status}, {answer.took_ms:,.0f} ms")
        record.golden.check(answer.status, answer.body)
    except (GoldenError, OSError) as error:
        _show_log(stack.outputs["FunctionName"], began_ms)
        raise PipelineError(f"{url}: {error}") from error


def _show_log(function: str, began_ms: int) -> None:
    """Show the end of the log of these minutes; where there is none to be had, AWS says why."""
    command = ("logs", "filter-log-events", "--log-group-name", f"/aws/lambda/{function}")
    query = f"events[-{LOG_EVENTS}:].[message]"
    sys.stderr.flush()
    tell(*command, "--start-time", str(began_ms), "--query", query, "--output", "text")
