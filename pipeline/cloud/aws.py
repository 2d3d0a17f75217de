"""The AWS CLI: each call is shown as it can be typed, and its JSON is read."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

from pipeline.cloud.failures import aws_error
from pipeline.commands import capture, run
from pipeline.errors import AwsError, PipelineError

T = TypeVar("T")
U = TypeVar("U")
# By which the CLI would be another one than the profile's.
OTHER_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
INSTALL = "https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"


def prepare(local: bool) -> None:
    """Make this process ready to call AWS, before anything is asked.

    Args:
        local: whether the calls are for the local AWS.

    Raises:
        PipelineError: there is no AWS CLI, or an endpoint is set that is not AWS's.
    """
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if endpoint and not local:
        raise PipelineError(
            f"AWS_ENDPOINT_URL is set, to {endpoint}: for the local AWS give -l, for AWS unset it"
        )
    if not shutil.which("aws"):
        raise PipelineError(f"aws is missing. Install the AWS CLI ({INSTALL}), or use -l")
    os.environ["AWS_PAGER"] = ""
    region = os.environ.get("AWS_REGION")
    if region:
        os.environ["AWS_DEFAULT_REGION"] = region  # version 1 of the CLI reads no AWS_REGION


def ask(*arguments: str, shown: bool = True) -> dict[str, Any]:
    """Call the AWS CLI and read the JSON that it answers; {} where it answers nothing.

    Args:
        arguments: of the CLI.
        shown: whether the call is shown; one that is made again and again need not be.

    Raises:
        AwsError: the call failed; with the CLI's message, and the way out where it is known.
    """
    ran = capture(("aws", *arguments, "--output", "json"), shown=shown)
    if ran.returncode:
        raise aws_error(ran.stderr)
    return dict(json.loads(ran.stdout or "{}"))


def password() -> str:
    """Get a password for the account's registry of images.

    Raises:
        AwsError: AWS gives none.
    """
    asked = capture(("aws", "ecr", "get-login-password"))
    if asked.returncode:
        raise aws_error(asked.stderr)
    return asked.stdout.strip()


def region() -> str:
    """Name the region that AWS is called in; empty where none is set."""
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        if os.environ.get(name):
            return os.environ[name]
    return capture(("aws", "configure", "get", "region")).stdout.strip()


def caller() -> str:
    """Tell who AWS takes this user for, by their ARN; empty where it does not say."""
    try:
        return str(ask("sts", "get-caller-identity").get("Arn", ""))
    except AwsError:
        return ""


def tell(*arguments: str, hear: Callable[[str], object] | None = None) -> bool:
    """Call the AWS CLI with its output on standard error; whether it succeeded.

    Args:
        arguments: of the CLI.
        hear: gets each line of the output as well.
    """
    return run(("aws", *arguments), hear=hear)


def both(one: Callable[[], T], other: Callable[[], U]) -> tuple[T, U]:
    """Ask two questions at once and give both answers.

    Starting the CLI takes half a second, which is most of a call.
    """
    with ThreadPoolExecutor(2) as threads:
        answers = threads.submit(one), threads.submit(other)
        return answers[0].result(), answers[1].result()


@contextmanager
def using_profile(name: str) -> Iterator[None]:
    """Call AWS with another profile of the CLI meanwhile; with the same as ever where it is empty.

    Exported credentials would win over a profile, and are put aside.
    """
    if not name:
        yield
        return
    before = dict(os.environ)
    for variable in OTHER_CREDENTIALS:
        os.environ.pop(variable, None)
    os.environ["AWS_PROFILE"] = name
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
