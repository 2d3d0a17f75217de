"""The check-up: each thing that it looks at, wrong once."""

from pathlib import Path

import pytest

from pipeline import checkup
from pipeline.checks.account import account as account_checks
from pipeline.checks.finding import BAD, GOOD, NOTE, Finding
from pipeline.checks.live import live, registry
from pipeline.checks.model import model
from pipeline.cloud.registry import Registry
from pipeline.cloud.stacks import Stack
from pipeline.errors import PipelineError
from pipeline.model.settings import settings
from tests.pipeline.account import API, MISSING, OURS, Account, anyones_stack, says

LIMITS = {"AccountLimit": {"ConcurrentExecutions": 1000}}
NO_DRIFT = {
    "detect-stack-drift": says({"StackDriftDetectionId": "1"}),
    "drift-detection-status": says({"DetectionStatus": "DETECTION_COMPLETE"}),
    "resource-drifts": says({"StackResourceDrifts": []}),
}
SOUND = {
    "--version": "echo aws-cli/2.31.0",
    "get-account-settings": says(LIMITS),
    "get-caller-identity": says({"Arn": "arn:aws:iam::1:user/ada", "Account": "1"}),
    "configure get region": "echo eu-west-1",
    "get-repository-policy": says({"policyText": "lambda.amazonaws.com ecr:BatchGetImage"}),
    "get-function-configuration": says({"State": "Active", "Version": "3"}),
    **NO_DRIFT,
}
PARAMETERS = {"MemorySize": "1024", "Architecture": "x86_64", "ThrottlingRate": "50"}
DEPLOYED = Stack("m-dev", "UPDATE_COMPLETE", PARAMETERS, {**API, "Auth": "key", "Page": "closed"})


def levels(found: list[Finding], words: str) -> list[str]:
    """The levels of the findings that have these words."""
    return [one.level for one in found if words in one.text]


def of_account(account: Account, answers: dict[str, str], **values: str) -> list[Finding]:
    account.answer({**answers, **{k: v for k, v in SOUND.items() if k not in answers}})
    return list(account_checks(settings(values, {})))


def test_version_one_of_the_cli_works_and_is_told_when_it_ends(account: Account) -> None:
    one = of_account(account, {"--version": "echo aws-cli/1.44.2 >&2"})
    assert levels(one, "version 1.44.2, which gets no new features") == [NOTE]
    assert levels(of_account(account, {}), "aws-cli/2.31.0") == [GOOD]


def test_credentials_and_a_region_are_needed(account: Account) -> None:
    unknown = {"get-caller-identity": "echo 'Unable to locate credentials' >&2; exit 253"}
    assert levels(of_account(account, unknown), "AWS does not know you") == [BAD]
    assert levels(of_account(account, {"configure get region": "exit 1"}), "no region") == [BAD]


def test_a_new_account_is_told_what_it_has(account: Account) -> None:
    new = {"get-account-settings": says({"AccountLimit": {"ConcurrentExecutions": 10}})}
    found = of_account(account, new, MEMORY_SIZE="4096")
    assert levels(found, "10 requests at once") == levels(found, "held to 3,008 MB") == [NOTE]
    assert not levels(of_account(account, {}, MEMORY_SIZE="4096"), "3,008")


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("app/requirements.txt", "torch==2.13.0\n", "torch with CUDA"),
        ("app/requirements.txt", "nvidia-cublas-cu12==1\n", "nvidia-cublas-cu12, which is for"),
        ("app/requirements.txt", "xgboost>=3\n", "xgboost, which is for GPUs"),
        ("app/app.py", "open('cache.bin', 'wb')\n", "line 1 writes cache.bin"),
        ("app/app.py", "open('log.txt', mode='a')\n", "line 1 writes log.txt"),
        ("app/app.py", "def (:\n", "is not Python"),
    ],
)
def test_what_fails_on_lambda_is_found_in_the_files(
    tmp_path: Path, file: str, text: str, words: str
) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / file).write_text(text)
    found = list(model(tmp_path, settings({}, {}), None))
    assert [words in one.text for one in found] == [True] and found[0].mend


@pytest.mark.parametrize(
    "text",
    ["open('/tmp/x', 'w')", "open('model.bin', 'rb')", "open(path, 'w')", "opened('x', 'w')"],
)
def test_code_that_may_do_so_is_not_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "app.py").write_text(text)
    (tmp_path / "app" / "requirements.txt").write_text("torch==2.13.0+cpu\nxgboost-cpu==3.1.2\n")
    assert [one.level for one in model(tmp_path, settings({}, {}), None)] == [GOOD]


def test_a_file_for_its_owner_alone_is_named_with_the_command(tmp_path: Path) -> None:
    (tmp_path / "weights.bin").touch(mode=0o600)
    (found,) = model(tmp_path, settings({}, {}), None)
    assert found.mend == f"chmod o+r '{tmp_path / 'weights.bin'}'"


def test_settings_are_compared_with_what_was_measured(account: Account) -> None:
    record = account.record()
    origin = record.origin._replace(golden_ms=20_000.0, peak_mib=700)
    values = settings({"MEMORY_SIZE": "512"}, {})
    found = list(model(account.model, values, record._replace(origin=origin)))
    assert levels(found, "took 20,000 ms in the check") == [NOTE]
    assert levels(found, "took 700 MiB in the check") == [BAD]
    assert any("MEMORY_SIZE=875" in one.mend for one in found)


@pytest.mark.parametrize(
    ("state", "level"), [("Active", GOOD), ("Inactive", NOTE), ("Failed", BAD), ("Pending", BAD)]
)
def test_the_state_of_the_function_is_told(account: Account, state: str, level: str) -> None:
    answers = {**SOUND, "get-function-configuration": says({"State": state, "Version": "3"})}
    account.answer(answers)
    found = list(live(DEPLOYED, 10))
    words = {"Active": "is active", "Inactive": "was idle"}.get(state, f"is {state}")
    assert levels(found, words) == [level]


def test_a_resource_that_was_changed_by_hand_is_named(account: Account) -> None:
    drifted = {
        "LogicalResourceId": "Function",
        "StackResourceDriftStatus": "MODIFIED",
        "PropertyDifferences": [{"PropertyPath": "/MemorySize"}],
    }
    account.answer({**SOUND, "resource-drifts": says({"StackResourceDrifts": [drifted]})})
    found = list(live(DEPLOYED, 10))
    assert levels(found, "changed by hand: modified (/MemorySize)") == [BAD]
    assert any("REVERT_DRIFT" in one.mend for one in found)


def test_who_can_call_and_what_a_day_costs_is_told(account: Account) -> None:
    account.answer(SOUND)
    found = list(live(DEPLOYED, 100))
    assert levels(found, "only who has the API key may call it") == [GOOD]
    # 4.32 million requests of 100 ms with 1 GB: $7.20 of computing, $0.86 of calls, $15.12 of a
    # REST API.
    assert levels(found, "costs about $23.18") == [NOTE]
    open_to_all = DEPLOYED._replace(outputs={**API, "Auth": "none"})
    assert levels(list(live(open_to_all, 100)), "anyone may call it") == [NOTE]


def test_a_stage_with_nothing_in_it_is_no_fault(account: Account) -> None:
    assert [one.level for one in live(Stack("m-dev"), 10)] == [NOTE]


def test_a_repository_that_is_closed_to_lambda_is_named(account: Account) -> None:
    account.answer({**SOUND, "get-repository-policy": says({"policyText": "{}"})})
    found = list(registry(Registry("m-dev", "host/m-dev", "b"), Stack("m-registry-dev")))
    assert levels(found, "Lambda may not take images") == [BAD]


def test_a_sound_stage_ends_well_and_a_taken_name_does_not(
    account: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    account.answer(
        {
            **SOUND,
            "describe-stacks*my-model-lambda": anyones_stack(
                {**API, "Auth": "none"}, "CREATE_COMPLETE", {**OURS, **PARAMETERS}
            ),
        }
    )
    checkup.run(account.options())
    stdout, stderr = capfd.readouterr()
    assert "bad" not in [line.split()[0] for line in stdout.splitlines()]
    assert "Nothing here will fail" in stderr
    account.answer(
        {**SOUND, "describe-stacks*my-model-lambda": anyones_stack({}, "CREATE_COMPLETE", {})}
    )
    with pytest.raises(PipelineError, match="1 of these will fail"):
        checkup.run(account.options())
    assert "mend: export PROJECT=" in capfd.readouterr().out


def test_before_anything_is_made_nothing_is_wrong(account: Account) -> None:
    account.answer({**SOUND, "describe-stacks": MISSING})
    checkup.run(account.options())


def test_settings_that_do_not_go_together_are_told(account: Account) -> None:
    (account.model / "model.env").write_text("DOOR=http\nAUTH=key\n")
    account.answer({**SOUND, "describe-stacks": MISSING})
    with pytest.raises(PipelineError, match="will fail"):
        checkup.run(account.options())
