import json
import re
import shutil
from pathlib import Path

import pytest

from pipeline import push
from pipeline.errors import GoldenError, ImageError, PipelineError, SettingsError
from pipeline.image import base, build
from tests.pipeline.account import INDEX, MISSING, NO_IMAGE, RELEASE, Account, image, says

# Docker, where every image answers the model's golden request.
ANSWER = json.dumps({"statusCode": 200, "body": '{"y": 2}'})
DOCKER = f"""case "$*" in
*Architecture*) echo amd64 ;;
history*) echo 1000 ;;
exec*) {says(ANSWER)} ;;
esac"""


@pytest.fixture(autouse=True)
def docker_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (base, build, push):
        monkeypatch.setattr(module, "start_docker", lambda: None)


@pytest.fixture
def emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "emulator").touch()  # any file: the stub of Docker does not look
    monkeypatch.setenv("RIE_PATH", str(tmp_path / "emulator"))


def test_a_model_that_is_pushed_already_is_not_built_again(
    account: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    push.run(account.options())
    stdout, stderr = capfd.readouterr()
    assert stdout == f"{RELEASE}\n"
    assert "unchanged: host/my-model-dev:" in stderr
    assert f"unchanged: {RELEASE} is the newest release" in stderr
    assert not account.calls("docker") and not account.calls("s3 cp", ".json s3://")


def test_an_unchanged_push_asks_aws_four_questions(account: Account) -> None:
    push.run(account.options())
    assert len(account.calls("aws ")) == 4


def test_a_new_image_is_built_checked_pushed_and_released(
    account: Account, emulator: None, capfd: pytest.CaptureFixture[str]
) -> None:
    account.commands.stub("docker", DOCKER)
    mark = account.model.parent / "pushed"
    account.answer(
        {"describe-images": f"if [ ! -e '{mark}' ]; then : >'{mark}'; {NO_IMAGE}; fi\n{image()}"}
    )
    (account.model / "model.env").write_text("MEMORY_SIZE=700\nENV_MODE=fast\n")
    push.run(account.options())
    firsts = [call.split()[1] for call in account.calls("docker ")]
    assert [first for first in firsts if first in ("build", "run", "login", "push")] == [
        *("build", "run", "login", "push")
    ]
    release = capfd.readouterr().out.strip()
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{16}", release) and release > RELEASE
    assert account.calls("s3 cp", f"releases/{release}.json")


def test_a_setting_that_changed_makes_a_release_after_another_check(
    account: Account, emulator: None
) -> None:
    account.commands.stub("docker", DOCKER)
    (account.model / "model.env").write_text("MEMORY_SIZE=700\n")
    push.run(account.options())
    assert not account.calls("docker build") and account.calls("docker run", "--memory 700m")
    assert account.calls("s3 cp", ".json s3://b/sam_templates/my-model-lambda/releases/")


def test_a_build_that_fails_pushes_and_records_nothing(account: Account) -> None:
    account.commands.stub("docker", 'case "$*" in build*) exit 1 ;; esac')
    account.answer({"describe-images": NO_IMAGE})
    with pytest.raises(ImageError, match="Nothing was pushed"):
        push.run(account.options())
    assert account.calls("docker build") and not account.calls("docker push")
    assert not account.calls("s3 cp")


def test_an_image_that_answers_otherwise_is_not_pushed(account: Account, emulator: None) -> None:
    account.commands.stub("docker", DOCKER.replace("2}", "3}"))
    account.answer({"describe-images": NO_IMAGE})
    with pytest.raises(ImageError, match=r"Nothing was released\. answer\.y is 3, must be 2"):
        push.run(account.options())
    assert not account.calls("docker push") and account.calls("docker rm")


def test_a_content_type_that_the_api_would_spoil_is_told_before_the_push(
    account: Account, emulator: None
) -> None:
    content: dict[str, object] = {"application/json": {}, "application/pdf": {}}
    document = {"paths": {"/predict": {"post": {"requestBody": {"content": content}}}}}
    answer = says(json.dumps({"statusCode": 200, "body": json.dumps(document)}))
    asked = account.model.parent / "asked"
    stub = DOCKER.replace(
        "exec*)", f"exec*) if [ -e '{asked}' ]; then {answer}; exit; fi; : >'{asked}';"
    )
    account.commands.stub("docker", stub)
    account.answer({"describe-images": NO_IMAGE})
    with pytest.raises(ImageError, match=r"add application~1pdf to BinaryMediaTypes"):
        push.run(account.options())
    assert not account.calls("docker push")


def test_an_index_is_removed_from_the_repository_and_not_released(account: Account) -> None:
    account.answer({"describe-images": image(INDEX)})
    with pytest.raises(ImageError, match="an index of images"):
        push.run(account.options())
    assert account.calls("batch-delete-image") and not account.calls("s3 cp")


def test_a_model_without_a_golden_request_is_refused_before_aws_is_asked(
    account: Account,
) -> None:
    (account.model / "example.json").unlink()
    with pytest.raises(GoldenError, match=r"example\.json"):
        push.run(account.options())
    assert not account.commands.called()


def test_a_setting_out_of_bounds_is_refused_before_aws_is_asked(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEMORY_SIZE", "64")
    with pytest.raises(SettingsError, match="MEMORY_SIZE must be a whole number from 128 to 10240"):
        push.run(account.options())
    assert not account.commands.called()


def test_without_a_registry_the_error_names_the_command_that_creates_it(account: Account) -> None:
    account.answer({"describe-stacks": MISSING})
    with pytest.raises(PipelineError, match=r"Create it: bash pipeline\.sh -s dev -r .*my model"):
        push.run(account.options())


def test_without_a_directory_the_current_one_is_the_model(
    account: Account, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(account.model)
    push.run(account.options(directory=None))
    assert f"unchanged: {RELEASE} is the newest release" in capfd.readouterr().err


def test_two_models_of_the_same_content_never_share_a_tag(
    account: Account, emulator: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.commands.stub("docker", DOCKER)
    another = account.model.with_name("another")
    shutil.copytree(account.model, another)
    monkeypatch.setenv("TEMPLATE_REGISTRY", "my-model-registry")
    monkeypatch.setenv("PREFIX_LAMBDA", "p")
    for directory in (account.model, another):
        push.run(account.options(directory=directory))
    tags = {call.partition("imageTag=")[2].split()[0] for call in account.calls("imageTag=")}
    assert len(tags) == 2


def test_a_broken_newest_record_is_mended_by_a_new_one(account: Account, emulator: None) -> None:
    account.commands.stub("docker", DOCKER)
    account.record_file.write_text("{")
    push.run(account.options())
    assert account.calls("s3 cp", ".json s3://b/sam_templates/my-model-lambda/releases/")


def test_every_command_of_aws_and_docker_is_shown(
    account: Account, emulator: None, capfd: pytest.CaptureFixture[str]
) -> None:
    account.commands.stub("docker", DOCKER)
    (account.model / "model.env").write_text("MEMORY_SIZE=700\nENV_TOKEN=secret-value\n")
    push.run(account.options())
    shown = capfd.readouterr().err
    lines = [line for line in shown.splitlines() if line.startswith(("+ aws ", "+ docker "))]
    made = account.calls("aws ") + account.calls("docker ")
    hidden = account.calls("docker exec") + account.calls("docker logs")
    assert len(lines) == len(made) - len(hidden) > 5
    assert "secret-value" not in shown
