import os
from pathlib import Path

import pytest

from pipeline import deploy
from pipeline.cloud.aws import using_profile
from pipeline.errors import ReleaseError
from tests.pipeline.account import API, MISSING, REGISTRY, Account, stack


def test_a_stage_that_runs_nothing_is_told_with_the_command_that_deploys_it(
    account: Account,
) -> None:
    there = {"describe-stacks*my-model-registry": stack(REGISTRY, Stage="prod")}
    account.answer({**there, "describe-stacks*my-model-lambda": MISSING.replace("-dev", "-*")})
    with pytest.raises(ReleaseError, match=r"nothing is deployed in stage dev.*-s dev -r -p -d"):
        deploy.run(account.options(stage="prod", release="dev"))
    assert not account.calls("cloudformation deploy")


def test_a_stage_that_runs_another_image_than_its_record_is_not_promoted(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMOTE_PROFILE", "development")
    other = {**API, "ImageUri": "host/my-model-dev@sha256:" + "b" * 64}
    account.answer({"describe-stacks*my-model-lambda": stack(other, Stage="stage")})
    with pytest.raises(ReleaseError, match="dev runs sha256:b"):
        deploy.run(account.options(stage="stage", release="dev"))
    assert "AWS_PROFILE" not in os.environ


def test_another_profile_puts_exported_credentials_aside_meanwhile(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "A")
    monkeypatch.setenv("AWS_PROFILE", "production")
    with using_profile("development"):
        assert os.environ["AWS_PROFILE"] == "development"
        assert "AWS_ACCESS_KEY_ID" not in os.environ
    assert os.environ["AWS_PROFILE"] == "production" and os.environ["AWS_ACCESS_KEY_ID"] == "A"
    with using_profile(""):
        assert os.environ["AWS_PROFILE"] == "production"
