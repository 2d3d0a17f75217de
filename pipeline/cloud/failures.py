"""What an error of the AWS CLI means, and the way out."""

from __future__ import annotations

import os
import re

from pipeline.errors import AwsError

CODE = re.compile(r"An error occurred \((\w+)\)")
# By words of the CLI's message, the first that fits; {profile} and {endpoint} come from the shell.
WAYS_OUT = (
    (
        "xpired",
        "The AWS credentials have expired. Renew them: aws sso login{profile}, or aws configure",
    ),
    (
        "ould not connect",
        "AWS cannot be reached. Check the network{endpoint}, then run the same command again",
    ),
    ("specify a region", "No AWS region is set. Set one: export AWS_REGION=us-east-1"),
    *(
        (
            words,
            "AWS does not accept the credentials. Set them: aws configure, or"
            " export AWS_PROFILE=…; without an account, use -l",
        )
        for words in (
            *("locate credentials", "InvalidClientTokenId", "UnrecognizedClient", "AuthFailure"),
            *(
                "SignatureDoesNotMatch",
                "config profile",
                "Partial credentials",
                "InvalidAccessKeyId",
            ),
        )
    ),
)


def aws_error(said: str) -> AwsError:
    """Make an error of what the CLI wrote to standard error."""
    code = CODE.search(said)
    message = said.strip()
    for words, way_out in WAYS_OUT:
        if words in said:
            return AwsError(f"{message}\n{_filled(way_out)}", code[1] if code else "")
    return AwsError(message, code[1] if code else "")


def _filled(way_out: str) -> str:
    profile, endpoint = os.environ.get("AWS_PROFILE"), os.environ.get("AWS_ENDPOINT_URL")
    return way_out.format(
        profile=f" --profile {profile}" if profile else "",
        endpoint=f" and {endpoint}" if endpoint else "",
    )
