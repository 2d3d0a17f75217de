"""The account's concurrency: what a function may reserve of it."""

from __future__ import annotations

from pipeline.cloud.aws import ask
from pipeline.errors import PipelineError

# What Lambda keeps for the functions that reserve nothing.
# Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
LEAST_UNRESERVED = 100


def check_concurrency(wanted: int, reserved: int) -> None:
    """Refuse a reservation that Lambda would refuse in the middle of a deploy.

    Args:
        wanted: by this function.
        reserved: by this function until now.

    Raises:
        PipelineError: the account has too little.
    """
    limit = ask("lambda", "get-account-settings")["AccountLimit"]
    everything, unreserved = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    room = unreserved + reserved - min(LEAST_UNRESERVED, everything)
    if wanted > room:
        raise PipelineError(
            f"RESERVED_CONCURRENCY={wanted} is more than this account can give: of its {everything}"
            f" concurrent executions {max(room, 0)} can be reserved. Ask for a higher quota"
            " (aws service-quotas request-service-quota-increase --service-code lambda --quota-code"
            " L-B99A9384 --desired-value 1000), or take less: export RESERVED_CONCURRENCY=none"
        )
