"""What an error of the AWS CLI means, and the way out."""

from __future__ import annotations

import os

from pipeline.errors import AwsError

CREDENTIALS = (
    "AWS does not accept the credentials. Set them: aws configure, or export AWS_PROFILE=…; without"
    " an account, use -l"
)
CLOCK = "This machine's clock is wrong. Set it, then run the same command again"
# By words of the CLI's message, the first that fits; {profile} and {endpoint} come from the shell.
WAYS_OUT = (
    *((words, CLOCK) for words in ("Signature expired", "not yet current", "RequestTimeTooSkewed")),
    ("SSO session", "Sign in: aws sso login{profile}"),
    ("SSO Token", "Sign in: aws sso login{profile}"),
    (
        "xpired",
        "The AWS credentials have expired. Renew them: aws sso login{profile}, or aws configure",
    ),
    (
        "SSL validation failed",
        "The certificate of AWS is not trusted here. Behind a company's proxy, name its"
        " certificates: export AWS_CA_BUNDLE=…",
    ),
    ("connect to proxy", "The proxy does not answer. Check https_proxy and no_proxy"),
    (
        "ould not connect",
        "AWS cannot be reached. Check the network{endpoint}, then run the same command again",
    ),
    ("specify a region", "No AWS region is set. Set one: export AWS_REGION=us-east-1"),
    *(
        (words, CREDENTIALS)
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
    message = said.strip()
    for words, way_out in WAYS_OUT:
        if words in said:
            return AwsError(f"{message}\n{_filled(way_out)}")
    return AwsError(message)


def _filled(way_out: str) -> str:
    profile, endpoint = os.environ.get("AWS_PROFILE"), os.environ.get("AWS_ENDPOINT_URL")
    return way_out.format(
        profile=f" --profile {profile}" if profile else "",
        endpoint=f" and {endpoint}" if endpoint else "",
    )
