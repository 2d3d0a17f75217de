"""The steps of one run, which share what they have learned of AWS."""

from pathlib import Path

import pytest

from pipeline import ask, deploy, push, registry
from pipeline.cloud.api import Answer
from pipeline.cloud.stacks import key_of
from pipeline.cloud.template import template_with
from pipeline.errors import ReleaseError
from pipeline.image import base
from pipeline.places import REGISTRY_TEMPLATE
from tests.pipeline.account import API, REGISTRY, RELEASE, Account, stack


def test_an_unchanged_run_asks_aws_seven_questions_and_none_twice(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "start_docker", lambda: None)
    monkeypatch.setattr(ask, "post_when_settled", lambda *_: Answer(200, '{"y": 2}', 1.0))
    function = account.parameters()
    key = key_of(REGISTRY_TEMPLATE, {"Project": "my-model", "Stage": "dev"})
    account.answer(
        {
            "describe-stacks*my-model-registry": stack(REGISTRY, TemplateKey=key),
            "describe-stacks*my-model-lambda": stack(
                API, **function, VersionKey=key_of(template_with({}, "probe"), function)
            ),
        }
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    account.forget_calls()
    registry.run(account.options(scratch=scratch))
    push.run(account.options(scratch=scratch))
    deploy.run(account.options(scratch=scratch, release=RELEASE))
    ask.run(account.options(scratch=scratch))
    asked = account.calls("aws ")
    # The function's stack is asked for by -d before and by -t after what may change it.
    assert len(asked) == 7 and len(set(asked)) == 6


def test_a_request_that_lambda_does_not_carry_is_refused_before_it_is_sent(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = account.record()
    account.release(record._replace(golden=record.golden._replace(request="x" * 6_291_456)))
    monkeypatch.setattr(ask, "post_when_settled", lambda *_: pytest.fail("it is sent"))
    with pytest.raises(ReleaseError, match="Lambda takes 6,291,456 at most"):
        ask.run(account.options())
