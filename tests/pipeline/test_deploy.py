import datetime
import shlex
from pathlib import Path

import pytest

from pipeline import deploy
from pipeline.cloud import stacks
from pipeline.cloud.stacks import key_of
from pipeline.cloud.template import template_with
from pipeline.errors import PipelineError, ReleaseError, StackError
from tests.pipeline.account import API, DIGEST, MISSING, RELEASE, Account, live, says, stack

GONE = "echo 'An error occurred (404)' >&2; exit 1"


def up_to_date(account: Account) -> str:
    """The function's stack as it is after a deploy of the record."""
    values = account.parameters()
    return stack(API, **values, VersionKey=key_of(template_with({}, "probe"), values))


def test_a_deploy_gives_the_image_by_digest_and_prints_only_the_url(
    account: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    deploy.run(account.options())
    assert capfd.readouterr().out == "https://api/dev/predict\n"
    (call,) = account.calls("cloudformation deploy")
    assert f"ImageUri=host/my-model-dev@{DIGEST}" in call and "MemorySize=512" in call


def test_a_stack_that_is_up_to_date_is_left_alone_and_checked_all_the_same(
    account: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    account.answer({"describe-stacks*my-model-lambda": up_to_date(account)})
    deploy.run(account.options(release=RELEASE))
    assert "No changes to deploy" in capfd.readouterr().err
    assert not account.calls("cloudformation deploy") and account.calls("get-function")
    assert len(account.calls("aws ")) == 4


def test_an_exported_setting_is_deployed_although_the_release_is_the_same(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.answer({"describe-stacks*my-model-lambda": up_to_date(account)})
    monkeypatch.setenv("MEMORY_SIZE", "1024")
    deploy.run(account.options())
    (call,) = account.calls("cloudformation deploy")
    assert "MemorySize=1024" in call


def test_variables_of_the_model_reach_the_function_by_a_template_of_its_own(
    account: Account,
) -> None:
    text = 'a "quoted" \\ {{word}}: # é'
    account.release(account.record()._replace(variables={"MODE": text}))
    deploy.run(account.options())
    (call,) = account.calls("cloudformation deploy")
    template = Path(call.partition("--template-file ")[2].partition(" --no-execute")[0])
    assert template.name == "my-model-lambda-dev.yaml"
    assert template.read_text().count("          MODE: ") == 1


def test_a_deploy_needs_only_the_exported_names(
    account: Account, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TEMPLATE_REGISTRY", "my-model-registry")
    monkeypatch.setenv("TEMPLATE_LAMBDA", "my-model-lambda")
    monkeypatch.setenv("PREFIX_LAMBDA", "p")
    deploy.run(account.options(directory=None))
    assert capfd.readouterr().out == "https://api/dev/predict\n"


def test_a_deploy_before_any_push_names_the_command_that_pushes(account: Account) -> None:
    account.answer({"list-objects-v2": says({})})
    with pytest.raises(ReleaseError, match=r"Push the model: bash pipeline\.sh -s dev -p"):
        deploy.run(account.options())
    assert not account.calls("cloudformation deploy")


def test_without_a_registry_the_error_names_the_command_that_creates_it(account: Account) -> None:
    account.answer({"describe-stacks": MISSING})
    with pytest.raises(PipelineError, match=r"Create it: bash pipeline\.sh -s dev -r"):
        deploy.run(account.options())


def test_a_release_that_is_not_there_is_told_with_those_that_are(account: Account) -> None:
    account.answer({"s3 cp": GONE})
    with pytest.raises(ReleaseError, match=f"there is no release 2020.*{RELEASE}"):
        deploy.run(account.options(release="20200101T000000Z-ab"))


def test_a_record_that_cannot_be_fetched_is_not_said_to_be_missing(account: Account) -> None:
    account.answer({"s3 cp": GONE})
    with pytest.raises(ReleaseError, match="cannot be fetched; the reason stands above"):
        deploy.run(account.options())


def test_a_broken_record_is_told_with_the_way_out(account: Account) -> None:
    account.record_file.write_text("{")
    with pytest.raises(ReleaseError, match="push again with -p"):
        deploy.run(account.options())


def test_a_deploy_that_changed_nothing_is_an_error(account: Account) -> None:
    account.answer({"get-function": live("sha256:other")})
    with pytest.raises(PipelineError, match=r"the alias live of my-model-dev runs .*@sha256:other"):
        deploy.run(account.options())


def event(reason: str, seconds_ago: int) -> dict[str, str]:
    """A resource that failed some time before now."""
    at = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=seconds_ago)
    return {
        "Timestamp": at.isoformat().replace("+00:00", "Z"),
        "ResourceStatus": "UPDATE_FAILED",
        "LogicalResourceId": "Function",
        "ResourceStatusReason": reason,
    }


def test_a_failed_deploy_shows_what_failed_since_it_began_and_nothing_older(
    account: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    events = [event("of this run", 0), event("of last week", 7 * 86_400)]
    account.answer(
        {
            "cloudformation deploy": "exit 255",
            "describe-stack-events": says({"StackEvents": events}),
            "describe-events": "echo 'argument operation: Invalid choice' >&2; exit 252",
        }
    )
    with pytest.raises(StackError, match="was not deployed; the reason stands above"):
        deploy.run(account.options())
    said = capfd.readouterr().err
    assert "Function: of this run" in said and "of last week" not in said


PLANNED = (
    "echo aws cloudformation describe-change-set --change-set-name arn:aws:c:r:1:changeSet/a/b"
)


@pytest.mark.parametrize("then", ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_planned_change_is_begun_and_watched_to_its_end(
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    then: str,
) -> None:
    monkeypatch.setattr(stacks, "POLL_SECONDS", 0)
    begun, seen = (shlex.quote(str(account.model.parent / name)) for name in ("begun", "seen"))
    moving, ended = stack(API, "UPDATE_IN_PROGRESS"), stack(API, then)
    account.answer(
        {
            "cloudformation deploy": PLANNED,
            "execute-change-set --change-set-name arn:aws:c:r:1:changeSet/a/b"
            " --stack-name my-model-lambda-dev": f": >{begun}",
            "describe-stacks*my-model-lambda": f"if [ ! -e {begun} ]; then {stack(API)}; elif"
            f" [ ! -e {seen} ]; then : >{seen}; {moving}; else {ended}; fi",
        }
    )
    if then == "UPDATE_COMPLETE":
        deploy.run(account.options())
    else:
        with pytest.raises(StackError, match="was not deployed"):
            deploy.run(account.options())
    assert "waiting for the stack my-model-lambda-dev: UPDATE_IN_PROGRESS" in capfd.readouterr().err


def test_a_change_set_that_another_run_made_obsolete_is_told(
    account: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    obsolete = "ChangeSet [a] cannot be executed in its current status of [OBSOLETE]"
    account.answer(
        {
            "cloudformation deploy": PLANNED,
            "execute-change-set": f"echo {shlex.quote(obsolete)} >&2; exit 254",
        }
    )
    with pytest.raises(StackError, match="was not deployed"):
        deploy.run(account.options())
    assert obsolete in capfd.readouterr().err


def test_a_change_set_that_was_refused_shows_why(
    account: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    refused = {**event("", 0), "ValidationStatusReason": "the bucket exists already"}
    account.answer(
        {
            "cloudformation deploy": "exit 255",
            "describe-stack-events": "echo AccessDenied >&2; exit 254",
            "describe-events": says({"OperationEvents": [refused]}),
        }
    )
    with pytest.raises(StackError):
        deploy.run(account.options())
    assert "Function: the bucket exists already" in capfd.readouterr().err


def test_a_deploy_after_a_rollback_has_another_key_than_the_one_that_failed(
    account: Account,
) -> None:
    deploy.run(account.options())
    rolled_back = stack(API, "UPDATE_ROLLBACK_COMPLETE", VersionKey="old")
    account.answer({"describe-stacks*my-model-lambda": rolled_back})
    deploy.run(account.options())
    first, second = (
        call.rpartition("VersionKey=")[2] for call in account.calls("cloudformation deploy")
    )
    assert first != second


def test_a_setting_that_was_not_released_is_told(
    account: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    (account.model / "model.env").write_text("MEMORY_SIZE=700\n")
    deploy.run(account.options())
    assert "the release has MEMORY_SIZE=512, MEMORY_SIZE is 700 now" in capfd.readouterr().err


def test_the_live_release_is_marked_among_the_newest(
    account: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    deploy.run(account.options())
    assert f"the newest releases, for -i: {RELEASE} (live)" in capfd.readouterr().err


def test_a_long_request_is_shown_as_the_command_that_prints_it(
    account: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    record = account.record()
    account.release(record._replace(golden=record.golden._replace(request="x" * 600)))
    deploy.run(account.options())
    (line,) = [line for line in capfd.readouterr().err.splitlines() if line.startswith("curl")]
    assert "request '" in line and "my model'" in line and "xxx" not in line
