"""CloudFormation stacks: what they are at, and how to deploy, settle and delete one."""

from __future__ import annotations

import datetime
import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pipeline.cloud.aws import ask
from pipeline.cloud.change_sets import begin, plan
from pipeline.cloud.reasons import reasons
from pipeline.commands import note, say
from pipeline.errors import AwsError, StackError
from pipeline.terminal import Working

POLL_SECONDS = 2
REVIEW = "REVIEW_IN_PROGRESS"
NONE = "NONE"  # the status of a stack that is not there
# Statuses of a stack that runs what its parameters say.
AT_REST = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")
NEVER_CREATED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")
SUCCEEDED = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
SHOWN = 5  # failures
SALT_DIGITS = 16  # the last of a key, which are others after a rollback


class Stack(NamedTuple):
    """A stack as it is described; one that is not there has no parameters and no outputs."""

    name: str
    status: str = NONE
    parameters: Mapping[str, str] = {}
    outputs: Mapping[str, str] = {}
    updated: str = ""

    @property
    def is_there(self) -> bool:
        """Whether there is anything to delete."""
        return self.status not in (NONE, "DELETE_COMPLETE")

    @property
    def has_resources(self) -> bool:
        """Whether it was ever begun: one in review has a name and nothing else."""
        return self.is_there and self.status != REVIEW

    @property
    def is_moving(self) -> bool:
        """Whether something is in progress: an interrupted run may have left it going."""
        return self.status.endswith("_IN_PROGRESS") and self.status != REVIEW


def read_stack(name: str, shown: bool = True) -> Stack:
    """Describe a stack.

    Args:
        name: the stack's.
        shown: whether the call is shown.

    Raises:
        AwsError: it cannot be read.
    """
    call = ("cloudformation", "describe-stacks", "--stack-name", name)
    try:
        (found,) = ask(*call, shown=shown)["Stacks"]
    except AwsError as error:
        if f"Stack with id {name} does not exist" in str(error):
            return Stack(name)
        raise
    pairs = (_pairs(found, "Parameter"), _pairs(found, "Output"))
    return Stack(name, found["StackStatus"], *pairs, str(found.get("LastUpdatedTime", "")))


def _pairs(found: Mapping[str, Any], kind: str) -> dict[str, str]:
    pairs = found.get(f"{kind}s") or []
    return {pair[f"{kind}Key"]: pair.get(f"{kind}Value", "") for pair in pairs}


def settled_stack(name: str, ours: Mapping[str, str | None]) -> Stack:
    """Describe a stack of this project once nothing is in progress.

    Args:
        name: the stack's.
        ours: parameters that it has if this project made it, with their values; None for any.

    Raises:
        StackError: a stack of that name is somebody else's.
    """
    stack = _settle(name)
    refuse_other(stack, ours)
    return stack


def _settle(name: str, begun: bool = False) -> Stack:
    """Wait until nothing is in progress; where a change was begun, a stack in review moves too."""
    stack, told = read_stack(name), ""
    with Working(f"waiting for the stack {name}"):
        while stack.is_moving or (begun and stack.status == REVIEW):
            if stack.status != told:
                note(f"waiting for the stack {name}: {stack.status}")
            told = stack.status
            time.sleep(POLL_SECONDS)
            stack = read_stack(name, shown=False)
    return stack


def refuse_other(stack: Stack, ours: Mapping[str, str | None]) -> None:
    """Refuse a stack that only has the name: it would be changed, emptied or deleted.

    Args:
        stack: as it is described.
        ours: parameters that it has if this project made it, with their values; None for any.

    Raises:
        StackError: it is somebody else's.
    """
    for name, value in ours.items() if stack.has_resources else ():
        found = stack.parameters.get(name)
        if found is None or value not in (None, found):
            has = ", ".join(f"{key}={text}" for key, text in sorted(stack.parameters.items()))
            raise StackError(
                f"the stack {stack.name} is not one that this project made for this model: its"
                f" parameters are {has or 'none'}. Take another name: export PROJECT=…, or"
                " TEMPLATE_REGISTRY=… and TEMPLATE_LAMBDA=…"
            )


def deploy_stack(
    stack: Stack,
    template: Path,
    parameters: Mapping[str, str],
    key: str,
    phase: Mapping[str, str] | None = None,
    upload: str = "",
) -> bool:
    """Bring a stack to a template and parameters, if it is not there yet.

    Args:
        stack: what it is now, settled.
        template: its file.
        parameters: of the template, by name.
        key: the parameter that gets the hash of all this; by it an unchanged stack is known.
        phase: further parameters, which say how far a deploy is; they are not in the hash.
        upload: a bucket and a prefix in it, `bucket/prefix`, for a template that is too long.

    Returns:
        whether there was anything to do.

    Raises:
        StackError: it was not deployed; the reason was shown.
    """
    wanted = key_of(template, parameters)
    phase = phase or {}
    if _is_deployed(stack, key, wanted, phase):
        note(f"No changes to deploy. Stack {stack.name} is up to date")
        return False
    _make_deployable(stack)
    if has_key(stack, key, wanted):
        wanted = stack.parameters[key]  # another phase of the same deploy publishes nothing
    elif stack.status.startswith("UPDATE_ROLLBACK"):
        # What was rolled back had published a version, and Lambda may take the same function for
        # that version even once it is deleted: with another key the function is another.
        wanted = (
            _unsalted(wanted) + hashlib.sha256(stack.updated.encode()).hexdigest()[:SALT_DIGITS]
        )
    try:
        _deploy(stack.name, template, {**parameters, key: wanted, **phase}, upload)
    except StackError:
        _refuse_lost_race(stack, key, wanted)
        raise
    return True


def _refuse_lost_race(before: Stack, key: str, wanted: str) -> None:
    """Say so where the stack is at what another run has deployed meanwhile."""
    now = read_stack(before.name)
    found = now.parameters.get(key, "")
    if found not in (before.parameters.get(key, ""), wanted):
        raise StackError(
            f"another run deployed the stack {before.name} meanwhile: it runs release"
            f" {now.outputs.get('Release', 'of its own')}, and this one changed nothing. To deploy"
            " yours all the same, run the same command again"
        )


def _is_deployed(stack: Stack, key: str, wanted: str, phase: Mapping[str, str]) -> bool:
    if stack.status not in AT_REST or not has_key(stack, key, wanted):
        return False
    return all(stack.parameters.get(name, "") == value for name, value in phase.items())


def has_key(stack: Stack, key: str, wanted: str) -> bool:
    """Tell whether a stack was made of what has this hash, perhaps at another try."""
    return _unsalted(stack.parameters.get(key, "")) == _unsalted(wanted)


def _deploy(name: str, template: Path, parameters: Mapping[str, str], upload: str) -> None:
    began = datetime.datetime.now(datetime.timezone.utc)
    try:
        change_set = plan(name, template, parameters, upload)
        if not change_set:
            return
        begin(name, change_set)
    except AwsError as error:
        note(str(error))
        raise _failure(name, began) from error
    if _settle(name, begun=True).status not in SUCCEEDED:
        raise _failure(name, began)


def key_of(template: Path, parameters: Mapping[str, str]) -> str:
    """Hash a template and its parameters; 64 hex digits."""
    text = json.dumps(parameters, sort_keys=True).encode()
    return hashlib.sha256(text + template.read_bytes()).hexdigest()


def _unsalted(key: str) -> str:
    return key[:-SALT_DIGITS]


def _make_deployable(stack: Stack) -> None:
    if stack.status in NEVER_CREATED:
        say(f"The stack {stack.name} was never created ({stack.status}): deleting what is left")
        delete_stack(stack.name)
    elif stack.status == "UPDATE_ROLLBACK_FAILED":
        ask("cloudformation", "continue-update-rollback", "--stack-name", stack.name)
        time.sleep(POLL_SECONDS)
        _settle(stack.name)
    elif stack.status == "DELETE_FAILED":
        raise StackError(
            f"the stack {stack.name} is half deleted. Finish that first, with -x -y in place of the"
            " other steps"
        )


def _failure(name: str, began: datetime.datetime) -> StackError:
    _settle(name)
    for reason in reasons(name, began)[:SHOWN]:
        note(reason)
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
