"""What is deployed in a stage: whether it runs, as it was deployed, and who can call it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from pipeline.checks.finding import Finding, bad, good, note
from pipeline.cloud.aws import ask
from pipeline.cloud.registry import Registry
from pipeline.cloud.stacks import Stack
from pipeline.errors import AwsError
from pipeline.memory.cost import SECONDS_A_DAY, dollars_per_million

POLL_SECONDS = 2
PATIENCE_SECONDS = 120
WITHOUT = "none"
CALLERS = {"key": "who has the API key", "iam": "who signs", "jwt": "who has a token"}


def live(stack: Stack, took_ms: float) -> Iterator[Finding]:
    """Look at the stack of a function.

    Args:
        stack: as it is described.
        took_ms: what a request takes, to say what strangers can cost.
    """
    if not stack.has_resources:
        yield note(f"nothing is deployed: there is no stack {stack.name}")
        return
    if not stack.status.endswith("_COMPLETE") or stack.status == "ROLLBACK_COMPLETE":
        yield bad(f"the stack {stack.name} is {stack.status}", "the same -d again: it goes on")
    if "FunctionName" in stack.outputs:
        yield from _function(stack.outputs["FunctionName"])
        yield _callers(stack)
        yield _costs(stack, took_ms)
    yield from drift(stack)


def registry(found: Registry, stack: Stack) -> Iterator[Finding]:
    """Look at the repository, from which Lambda takes the images, and at its stack."""
    words = ("ecr", "get-repository-policy", "--repository-name", found.repository)
    try:
        text = str(ask(*words).get("policyText", ""))
    except AwsError as error:
        text = str(error)
    if "lambda.amazonaws.com" in text and "ecr:BatchGetImage" in text:
        yield good(f"Lambda may take images from {found.repository}")
    else:
        yield bad(f"Lambda may not take images from {found.repository}", "the same command with -r")
    yield from drift(stack)


def _function(function: str) -> Iterator[Finding]:
    words = ("lambda", "get-function-configuration", "--function-name", function)
    try:
        found = ask(*words, "--qualifier", "live")
    except AwsError as error:
        yield bad(f"the function {function} cannot be read: {error}", "the same command with -d")
        return
    state = found.get("State", "Active")
    if state == "Active":
        yield good(f"version {found['Version']} of {function} is active")
    elif state == "Inactive":
        yield note(f"{function} was idle for weeks: the first request fails and wakes it", "-t")
    else:
        reason = found.get("StateReason", "")
        yield bad(f"{function} is {state}: {reason}", "the same command with -p -d")


def _callers(stack: Stack) -> Finding:
    auth, page = stack.outputs.get("Auth", WITHOUT), stack.outputs.get("Page", "open")
    if auth != WITHOUT:
        pages = " and anyone may see its page" if page == "open" else ""
        return good(f"only {CALLERS[auth]} may call it{pages}")
    return note("anyone may call it", "AUTH=key, iam or jwt in model.env")


def _costs(stack: Stack, took_ms: float) -> Finding:
    """Say what a day of requests costs, as many as the door lets through."""
    values, door = stack.parameters, stack.outputs.get("Door", "rest")
    memory_mb, architecture = int(values["MemorySize"]), values["Architecture"]
    a_request = dollars_per_million(took_ms, memory_mb, architecture, door) / 1_000_000
    if door == "url":
        return note("a function URL lets through all that RESERVED_CONCURRENCY can compute")
    rate = float(values["ThrottlingRate"])
    return note(
        f"a day of {rate:g} requests a second of {took_ms:,.0f} ms, as many as the door lets"
        f" through, costs about ${a_request * rate * SECONDS_A_DAY:,.2f}",
        "THROTTLING_RATE in model.env",
    )


def drift(stack: Stack) -> Iterator[Finding]:
    """Compare a stack's resources with what its template says."""
    try:
        changed = _drifted(stack.name)
    except AwsError as error:
        yield note(f"whether {stack.name} was changed by hand cannot be found out: {error}")
        return
    for one in changed:
        yield bad(
            f"{one['LogicalResourceId']} of {stack.name} was changed by hand:"
            f" {one['StackResourceDriftStatus'].lower()}{_properties(one)}",
            f"aws cloudformation create-change-set --stack-name {stack.name} --change-set-name mend"
            " --use-previous-template --deployment-mode REVERT_DRIFT --capabilities CAPABILITY_IAM"
            " CAPABILITY_AUTO_EXPAND, then execute-change-set",
        )
    if not changed:
        yield good(f"{stack.name} is as it was deployed")


def _properties(resource: dict[str, Any]) -> str:
    paths = [one["PropertyPath"] for one in resource.get("PropertyDifferences", [])]
    return f" ({', '.join(paths)})" if paths else ""


def _drifted(name: str) -> list[dict[str, Any]]:
    started = ask("cloudformation", "detect-stack-drift", "--stack-name", name)
    words = ("cloudformation", "describe-stack-drift-detection-status")
    identifier = ("--stack-drift-detection-id", started["StackDriftDetectionId"])
    end = time.monotonic() + PATIENCE_SECONDS
    while ask(*words, *identifier)["DetectionStatus"] == "DETECTION_IN_PROGRESS":
        if time.monotonic() > end:
            raise AwsError("the detection of drift takes too long")
        time.sleep(POLL_SECONDS)
    listed = ("cloudformation", "describe-stack-resource-drifts", "--stack-name", name)
    filters = ("--stack-resource-drift-status-filters", "MODIFIED", "DELETED")
    return list(ask(*listed, *filters)["StackResourceDrifts"])
