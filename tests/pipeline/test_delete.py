import io
import shlex
import sys

import pytest

from pipeline import delete
from pipeline.cloud import stacks
from pipeline.errors import PipelineError, StackError
from tests.pipeline.account import API, MISSING, REGISTRY, Account, anyones_stack, says, stack


@pytest.fixture(autouse=True)
def stacks_that_go(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stacks that are there until they are deleted, each on its own."""
    monkeypatch.setattr(stacks, "POLL_SECONDS", 0)
    marks = shlex.quote(str(account.model.parent / "gone-"))
    find = "for word; do case $word in my-model-*) name=$word ;; esac; done;"
    gone = f"{find} if [ -e {marks}$name ]; then {MISSING}; fi;"
    account.answer(
        {
            "delete-stack": f"{find} : >{marks}$name",
            "describe-stacks*my-model-registry": f"{gone} {stack(REGISTRY)}",
            "describe-stacks*my-model-lambda": f"{gone} {stack(API)}",
            "list-object-versions": says({}),
        }
    )


def answer(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


@pytest.mark.parametrize("text", ["", "n\n", "no\n"])
def test_nothing_is_deleted_without_a_yes(
    account: Account, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    answer(monkeypatch, text)
    with pytest.raises(PipelineError, match="nothing was deleted"):
        delete.run(account.options())
    assert not account.calls("delete")


def test_data_is_kept_and_named_unless_yes_was_given(
    account: Account, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    answer(monkeypatch, "y\n")
    delete.run(account.options())
    said = capfd.readouterr().err
    assert "which holds 1 image." in said and "-s dev -x -y" in said
    assert said.splitlines()[-1] == "deleted: the stack my-model-lambda-dev"
    assert account.calls("delete-stack", "my-model-lambda-dev")
    assert not account.calls("delete-stack", "my-model-registry-dev")
    assert not account.calls("batch-delete-image")


def test_with_yes_data_and_stacks_go(account: Account) -> None:
    delete.run(account.options(yes=True))
    assert account.calls("batch-delete-image")
    assert len(account.calls("delete-stack")) == 2


def test_the_last_line_says_what_was_deleted_and_not_each_layer_of_it(
    account: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    account.commands.stub(
        "docker",
        'case "$1" in images) printf "host/my-model-dev:%s\\n" one two ;;'
        ' rmi) echo "Deleted: sha256:0123" ;; esac',
    )
    delete.run(account.options(yes=True))
    shown = capfd.readouterr().err
    assert shown.splitlines()[-1] == (
        "deleted: the stack my-model-lambda-dev, 1 image, the stack my-model-registry-dev,"
        " 2 copies in Docker"
    )
    assert "sha256:0123" not in shown and account.calls("docker rmi")


def test_images_that_docker_keeps_are_not_said_to_be_deleted(
    account: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    account.commands.stub(
        "docker",
        'case "$1" in images) echo host/my-model-dev:one ;;'
        ' rmi) echo "container 12 is using it" >&2; exit 1 ;; esac',
    )
    delete.run(account.options(yes=True))
    *_, reason, last = capfd.readouterr().err.splitlines()
    assert reason == "container 12 is using it"
    assert last.startswith("deleted: ") and "Docker" not in last


def test_deleting_what_is_not_there_is_not_an_error(
    account: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    account.answer({"describe-stacks": MISSING})
    delete.run(account.options())
    assert "nothing to delete" in capfd.readouterr().err


def test_a_stack_that_only_has_the_name_is_not_touched(account: Account) -> None:
    other = anyones_stack({"BucketName": "theirs"}, "CREATE_COMPLETE", {"Stage": "dev"})
    account.answer({"describe-stacks": other})
    with pytest.raises(StackError, match=r"not one that this project made .* are Stage=dev"):
        delete.run(account.options(yes=True))
    assert not account.calls("delete") and not account.calls("list-object")
