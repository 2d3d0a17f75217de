"""The AWS CLI, the credentials, the region and the quotas of the account."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from pipeline.checks.finding import Finding, bad, good, note
from pipeline.cloud.aws import ask, region
from pipeline.commands import capture
from pipeline.errors import AwsError

NEW_ACCOUNT = 10  # concurrent executions
MOST_OF_NEW_MB = 3008
QUOTA = (
    "aws service-quotas request-service-quota-increase --service-code lambda --quota-code"
    " L-B99A9384 --desired-value 1000"
)
INSTALL = "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"


def account(settings: Mapping[str, str]) -> Iterator[Finding]:
    """Look at the account that a model is deployed to.

    Args:
        settings: of the model, by name.
    """
    yield _cli()
    try:
        who = ask("sts", "get-caller-identity")
    except AwsError as error:
        yield bad(f"AWS does not know you: {error}", "aws configure, or export AWS_PROFILE=…")
        return
    yield good(f"you are {who['Arn']}, in account {who['Account']}")
    found = region()
    if not found:
        yield bad("no region is set", "export AWS_REGION=us-east-1")
        return
    yield good(f"the region is {found}")
    yield from _quotas(settings)


def _cli() -> Finding:
    said = capture(("aws", "--version"))
    version = re.search(r"aws-cli/(\d+)\.(\S+)", said.stdout + said.stderr)
    if version and version[1] == "1":
        return note(
            f"the AWS CLI is version 1.{version[2]}, which gets no new features since August 2026"
            " and ends in July 2027; it works here",
            INSTALL,
        )
    return good(f"the AWS CLI is {version[0] if version else said.stdout.strip()}")


def _quotas(settings: Mapping[str, str]) -> Iterator[Finding]:
    try:
        limit = ask("lambda", "get-account-settings")["AccountLimit"]
    except AwsError as error:
        yield note(f"the account's quotas cannot be read: {error}")
        return
    most, memory_mb = int(limit["ConcurrentExecutions"]), int(settings["MEMORY_SIZE"])
    if most <= NEW_ACCOUNT:
        yield note(f"the account computes {most} requests at once, as new ones do", QUOTA)
        if memory_mb > MOST_OF_NEW_MB:
            yield note(
                f"MEMORY_SIZE={memory_mb}: new accounts may be held to {MOST_OF_NEW_MB:,} MB",
                f"MEMORY_SIZE={MOST_OF_NEW_MB} in model.env, or a support case for more",
            )
    else:
        yield good(f"the account computes {most:,} requests at once")
