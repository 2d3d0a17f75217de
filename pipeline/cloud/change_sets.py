"""Change sets of CloudFormation: planned by `aws cloudformation deploy`, and begun apart from it.

That command would wait for the stack too, but looks at it only every 30 seconds.
Source: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/wait/stack-update-complete.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pipeline.cloud.aws import ask, tell
from pipeline.cloud.template import MOST_BYTES
from pipeline.errors import AwsError

ARN = re.compile(r"arn:\S+:changeSet/\S+")


def plan(stack: str, template: Path, parameters: Mapping[str, str], upload: str) -> str:
    """Make the change set that brings a stack to a template and parameters.

    Args:
        stack: its name.
        template: its file.
        parameters: of the template, by name; the stack keeps its values of the others.
        upload: a bucket and a prefix in it, `bucket/prefix`, for a template that is too long.

    Returns:
        the change set's ARN; nothing where there is nothing to change.

    Raises:
        AwsError: it cannot be made; the CLI's words were shown.
    """
    command = ("cloudformation", "deploy", "--stack-name", stack, "--template-file", str(template))
    options = ["--no-execute-changeset", "--no-fail-on-empty-changeset"]
    options += ["--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    if template.stat().st_size > MOST_BYTES and upload:
        bucket, _, prefix = upload.partition("/")
        options += ["--s3-bucket", bucket, "--s3-prefix", prefix]
    overrides = [f"{name}={value}" for name, value in parameters.items()]
    said: list[str] = []
    if not tell(*command, *options, "--parameter-overrides", *overrides, hear=said.append):
        raise AwsError(f"the change of the stack {stack} cannot be planned")
    found = ARN.search("".join(said))
    return found[0] if found else ""


def begin(stack: str, change_set: str) -> None:
    """Begin what a change set plans; the stack is in progress then.

    Args:
        stack: its name, by which IAM knows whether this is allowed.
        change_set: its ARN.

    Raises:
        AwsError: it cannot be: another change came between.
    """
    named = ("--change-set-name", change_set, "--stack-name", stack)
    ask("cloudformation", "execute-change-set", *named)
