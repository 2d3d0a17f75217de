import shlex

import pytest

from pipeline import registry
from pipeline.cloud import stacks
from pipeline.errors import GoldenError, PipelineError, StackError
from tests.pipeline.account import MISSING, OURS, REGISTRY, Account, anyones_stack, stack


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacks, "POLL_SECONDS", 0)


def test_a_registry_is_deployed_with_the_names_of_the_model(account: Account) -> None:
    account.answer({"describe-stacks": MISSING})
    registry.run(account.options())
    (call,) = account.calls("cloudformation deploy")
    assert "--stack-name my-model-registry-dev" in call and "Project=my-model Stage=dev" in call


def test_an_unchanged_registry_costs_one_question(
    account: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    registry.run(account.options())
    (call,) = account.calls("cloudformation deploy")
    key = call.partition("TemplateKey=")[2]
    account.answer({"describe-stacks": stack(REGISTRY, TemplateKey=key)})
    before = len(account.calls("aws "))
    registry.run(account.options())
    assert len(account.calls("aws ")) == before + 1
    assert "No changes to deploy" in capfd.readouterr().err


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "CREATE_FAILED"])
def test_a_stack_that_was_never_created_is_cleared_away_first(
    account: Account, status: str
) -> None:
    gone = shlex.quote(str(account.model.parent / "gone"))
    describe = f"if [ -e {gone} ]; then {MISSING}; fi; {stack({}, status)}"
    account.answer({"describe-stacks": describe, "delete-stack": f": >{gone}"})
    registry.run(account.options())
    (deleted,), (deployed,) = account.calls("delete-stack"), account.calls("cloudformation deploy")
    called = account.commands.called()
    assert called.index(deleted) < called.index(deployed)


def test_what_is_in_progress_is_waited_for(account: Account) -> None:
    seen = shlex.quote(str(account.model.parent / "seen"))
    moving = stack({}, "UPDATE_IN_PROGRESS")
    account.answer(
        {"describe-stacks": f"if [ ! -e {seen} ]; then : >{seen}; {moving}; exit; fi; {MISSING}"}
    )
    registry.run(account.options())
    assert len(account.calls("describe-stacks")) == 2


def test_a_half_deleted_stack_is_not_deployed_to(account: Account) -> None:
    account.answer({"describe-stacks": stack({}, "DELETE_FAILED")})
    with pytest.raises(StackError, match="half deleted"):
        registry.run(account.options())


def test_a_warning_of_the_aws_cli_is_not_taken_for_an_answer(account: Account) -> None:
    account.answer({"describe-stacks": f"echo a warning >&2; {stack({}, 'REVIEW_IN_PROGRESS')}"})
    registry.run(account.options())
    assert account.calls("cloudformation deploy")


def test_a_model_that_cannot_be_pushed_is_told_before_its_registry_is_made(
    account: Account,
) -> None:
    (account.model / "example.json").unlink()
    with pytest.raises(GoldenError, match=r"example\.json"):
        registry.run(account.options(check_model=True))
    assert not account.commands.called()


def test_a_folder_that_is_not_a_model_directory_is_refused(account: Account) -> None:
    with pytest.raises(PipelineError, match="it is not a model directory"):
        registry.run(account.options(directory=account.model.parent))
    assert not account.commands.called()


@pytest.mark.parametrize("theirs", [{}, {"Project": "other"}, {"Stage": "prod"}])
def test_a_stack_of_another_project_is_not_changed(
    account: Account, theirs: dict[str, str]
) -> None:
    parameters = {**OURS, **theirs} if theirs else {}
    account.answer({"describe-stacks": anyones_stack({}, "CREATE_COMPLETE", parameters)})
    with pytest.raises(StackError, match="Take another name"):
        registry.run(account.options())
    assert not account.calls("cloudformation deploy")
