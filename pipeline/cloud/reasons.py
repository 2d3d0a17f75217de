"""Why a stack was not deployed, in CloudFormation's own words."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pipeline.cloud.aws import ask
from pipeline.commands import note
from pipeline.errors import AwsError

CLOCKS_DIFFER = datetime.timedelta(seconds=60)


def reasons(name: str, began: datetime.datetime) -> list[str]:
    """List what failed in a stack since a run began, the newest first."""
    return [*_failed_events(name, began), *_failed_validations(name, began)]


def _failed_events(name: str, began: datetime.datetime) -> Iterator[str]:
    """List what failed since a run began, the newest first."""
    command = ("cloudformation", "describe-stack-events", "--stack-name", name, "--no-paginate")
    for event in _events(command, "StackEvents"):
        if _is_since(event, began) and "FAILED" in event["ResourceStatus"]:
            yield f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', 'failed')}"


def _failed_validations(name: str, began: datetime.datetime) -> Iterator[str]:
    """List why a change set was refused before it began, where AWS and the CLI can tell.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/validate-stack-deployments.html
    """
    command = ("cloudformation", "describe-events", "--stack-name", name)
    for event in _events((*command, "--filters", "FailedEvents=true"), "OperationEvents"):
        reason = event.get("ValidationStatusReason") or event.get("ResourceStatusReason")
        if reason and _is_since(event, began):
            yield f"{event.get('LogicalResourceId', name)}: {reason}"


def _events(command: Sequence[str], field: str) -> list[dict[str, Any]]:
    try:
        return list(ask(*command).get(field, []))
    except AwsError as error:  # an older CLI, or not allowed: what failed is an error all the same
        note(f"{' '.join(command[:2])} does not tell: {error}")
        return []


def _is_since(event: Mapping[str, Any], began: datetime.datetime) -> bool:
    text = str(event["Timestamp"]).replace("Z", "+00:00")
    at = datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", text))
    return at >= began - CLOCKS_DIFFER
