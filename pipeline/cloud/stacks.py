"""CloudFormation stacks: what they are at, and how to deploy, settle and delete one."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.cloud.aws import ask, tell
from pipeline.commands import note, say
from pipeline.errors import AwsError, StackError

POLL_SECONDS = 2
NONE = "NONE"  # the status of a stack that is not there
# Statuses of a stack that runs what its parameters say.
AT_REST = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
NEVER_CREATED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")
FAILURES = "StackEvents[?contains(ResourceStatus, 'FAILED')]"
FIELDS = "[Timestamp, LogicalResourceId, ResourceStatusReason]"


class Stack(NamedTuple):
    """A stack as it is described; one that is not there has no parameters and no outputs."""

    name: str
    status: str = NONE
    parameters: Mapping[str, str] = {}
    outputs: Mapping[str, str] = {}

    @property
    def is_there(self) -> bool:
        """Whether there is anything to delete."""
        return self.status not in (NONE, "DELETE_COMPLETE")

    @property
    def is_moving(self) -> bool:
        """Whether something is in progress: an interrupted run may have left it going."""
        return self.status.endswith("_IN_PROGRESS") and self.status != "REVIEW_IN_PROGRESS"


def read_stack(name: str) -> Stack:
    """Describe a stack.

    Raises:
        AwsError: it cannot be read.
    """
    try:
        (found,) = ask("cloudformation", "describe-stacks", "--stack-name", name)["Stacks"]
    except AwsError as error:
        if "does not exist" in str(error):
            return Stack(name)
        raise
    return Stack(name, found["StackStatus"], _pairs(found, "Parameter"), _pairs(found, "Output"))


def _pairs(found: Mapping[str, Any], kind: str) -> dict[str, str]:
    pairs = found.get(f"{kind}s") or []
    return {pair[f"{kind}Key"]: pair.get(f"{kind}Value", "") for pair in pairs}


def settled_stack(name: str) -> Stack:
    """Describe a stack once nothing is in progress."""
    stack = read_stack(name)
    while stack.is_moving:
        note(f"waiting for the stack {name}: {stack.status}")
        time.sleep(POLL_SECONDS)
        stack = read_stack(name)
    return stack


def deploy_stack(stack: Stack, template: Path, parameters: Mapping[str, str], key: str) -> bool:
    """Bring a stack to a template and parameters, if it is not there yet.

    Args:
        stack: what it is now, settled.
        template: its file.
        parameters: of the template, by name.
        key: the parameter that gets the hash of all this; by it an unchanged stack is known.

    Returns:
        whether there was anything to do.

    Raises:
        StackError: it was not deployed; the reason was shown.
    """
    values = {**parameters, key: key_of(template, parameters)}
    if stack.status in AT_REST and stack.parameters.get(key) == values[key]:
        note(f"No changes to deploy. Stack {stack.name} is up to date")
        return False
    _make_deployable(stack)
    overrides = [f"{name}={value}" for name, value in values.items()]
    command = ("cloudformation", "deploy", "--stack-name", stack.name)
    options = ("--template-file", str(template), "--no-fail-on-empty-changeset")
    capabilities = ("--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND")
    if not tell(*command, *options, *capabilities, "--parameter-overrides", *overrides):
        raise _failure(stack.name)
    return True


def key_of(template: Path, parameters: Mapping[str, str]) -> str:
    """Hash a template and its parameters; 64 hex digits."""
    text = json.dumps(parameters, sort_keys=True).encode()
    return hashlib.sha256(text + template.read_bytes()).hexdigest()


def _make_deployable(stack: Stack) -> None:
    if stack.status in NEVER_CREATED:
        say(f"The stack {stack.name} was never created ({stack.status}): deleting what is left")
        delete_stack(stack.name)
    elif stack.status == "UPDATE_ROLLBACK_FAILED":
        ask("cloudformation", "continue-update-rollback", "--stack-name", stack.name)
        time.sleep(POLL_SECONDS)
        settled_stack(stack.name)
    elif stack.status == "DELETE_FAILED":
        raise StackError(
            f"the stack {stack.name} is half deleted. Finish that first, with -x -y in place of the"
            " other steps"
        )


def _failure(name: str) -> StackError:
    settled_stack(name)
    query = f"{FAILURES}.{FIELDS} | [:5]"
    command = ("cloudformation", "describe-stack-events", "--stack-name", name, "--no-paginate")
    tell(*command, "--output", "text", "--query", query)
    return StackError(
        f"the stack {name} was not deployed; the reason stands above. What ran before still runs."
        " Mend the cause and run the same command again"
    )


def delete_stack(name: str) -> None:
    """Delete a stack and wait until it is gone.

    Raises:
        StackError: something of it cannot be deleted.
    """
    ask("cloudformation", "delete-stack", "--stack-name", name)
    stack = read_stack(name)
    while stack.is_there:
        if stack.status == "DELETE_FAILED":
            raise StackError(
                f"the stack {name} was not deleted. See why:"
                f" aws cloudformation describe-stack-events --stack-name {name}"
            )
        time.sleep(POLL_SECONDS)
        stack = read_stack(name)
