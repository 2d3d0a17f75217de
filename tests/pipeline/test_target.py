"""What a step works on: errors that show before, or at the first question to AWS."""

import json
import os
from pathlib import Path

import pytest

from pipeline.cloud.stacks import read_stack
from pipeline.errors import AwsError, PipelineError
from pipeline.target import target_of
from tests.pipeline.account import Account


def test_a_missing_aws_cli_is_named_with_the_way_to_install_it(account: Account) -> None:
    (account.commands.folder / "aws").unlink()
    with pytest.raises(PipelineError, match="Install the AWS CLI"):
        target_of(account.options())


@pytest.mark.parametrize(
    ("message", "way_out"),
    [
        ("An error occurred (ExpiredToken)", "aws sso login --profile me"),
        ("Error loading SSO Token: Token has expired", "aws sso login --profile me"),
        ("Error loading SSO Token: Token for x does not exist", "Sign in: aws sso login"),
        ("Signature expired: 20260101T000000Z is now earlier than", "clock is wrong"),
        ("SignatureDoesNotMatch: Signature not yet current", "clock is wrong"),
        ("SSL validation failed for https://sts", "AWS_CA_BUNDLE"),
        ("Failed to connect to proxy URL", "https_proxy"),
        ("Unable to locate credentials", "aws configure"),
        ("Could not connect to the endpoint URL", "Check the network"),
        ("You must specify a region", "export AWS_REGION="),
    ],
)
def test_a_call_that_fails_is_told_with_the_way_out(
    account: Account, monkeypatch: pytest.MonkeyPatch, message: str, way_out: str
) -> None:
    account.answer({"describe-stacks": f"echo '{message}' >&2; exit 253"})
    monkeypatch.setenv("AWS_PROFILE", "me")
    with pytest.raises(AwsError) as failed:
        read_stack("any")
    assert message in str(failed.value) and way_out in str(failed.value)


def test_a_local_endpoint_without_l_is_not_taken_for_aws(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(PipelineError, match="give -l"):
        target_of(account.options())
    assert not account.commands.called()


def test_the_region_reaches_both_versions_of_the_aws_cli(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    target_of(account.options())
    assert os.environ["AWS_DEFAULT_REGION"] == "eu-west-1"


def test_on_the_local_aws_none_of_the_users_variables_count(
    account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_PROFILE", "AWS_CA_BUNDLE"):
        monkeypatch.setenv(name, "the user's")
    path = os.environ["PATH"]
    told = {
        "variables": {"AWS_PROFILE": None, "AWS_ENDPOINT_URL": "http://127.0.0.1:1", "PATH": path},
        "api_urls": {"rest": "http://127.0.0.1:1/{ApiId}/{stage}{ApiPath}"},
    }
    (tmp_path / "use.json").write_text(json.dumps(told))
    target = target_of(account.options(local=tmp_path / "use.json"))
    assert not {"AWS_PROFILE", "AWS_CA_BUNDLE"} & set(os.environ)
    url = target.api_url({"ApiId": "abc", "ApiPath": "/predict", "ApiUrl": "https://aws"})
    assert url == "http://127.0.0.1:1/abc/dev/predict"


def test_a_resource_that_is_called_proxy_is_not_taken_for_the_network_s(account: Account) -> None:
    account.answer({"describe-stacks": "echo 'Resource {proxy+} is invalid' >&2; exit 254"})
    with pytest.raises(AwsError) as failed:
        read_stack("any")
    assert str(failed.value) == "Resource {proxy+} is invalid"
