"""What goes after a deploy, and what must never go."""

from pathlib import Path

import pytest

from pipeline.cloud.record import KEPT
from pipeline.cloud.registry import Registry
from pipeline.errors import ContentError
from pipeline.housekeeping import KEPT_VERSIONS, tidy
from tests.pipeline.account import DIGEST, Account, image, live, says

REGISTRY = Registry("my-model-dev", "host/my-model-dev", "b")


def release(number: int) -> str:
    return f"202601{number // 24 + 1:02}T{number % 24:02}0000Z-{number:x}"


NAMES = [release(number) for number in range(KEPT + 4)]


def deployed(account: Account, numbers: range, at: int, shifting: int = 0) -> None:
    """Versions 1, 2, … of releases, of which the alias runs one, and perhaps another."""
    described = [
        {"Version": str(version), "Description": f"m, release {release(number)}, key 1"}
        for version, number in enumerate(numbers, start=1)
    ]
    routing = {"AdditionalVersionWeights": {str(shifting): 0.1}} if shifting else {}
    account.answer(
        {
            "list-versions-by-function": says({"Versions": described}),
            "get-alias": says({"FunctionVersion": str(at), "RoutingConfig": routing}),
            "list-images": says({"imageIds": [{"imageTag": f"{n:x}"} for n in range(len(NAMES))]}),
            "get-function": live("sha256:" + "b" * 64),
            "describe-images": image(),
        }
    )


def deleted_versions(account: Account) -> list[str]:
    return [call.split("--qualifier ")[1].split()[0] for call in account.calls("delete-function")]


def test_versions_beyond_the_newest_go_but_not_those_that_run(account: Account) -> None:
    deployed(account, range(20, 29), at=2, shifting=3)
    tidy(REGISTRY, NAMES[-KEPT:], "my-model-dev")
    assert deleted_versions(account) == ["1", "4"]
    assert len(range(20, 29)) - KEPT_VERSIONS == 4


def test_every_deletion_of_a_version_names_it(account: Account) -> None:
    deployed(account, range(20, 29), at=9)
    tidy(REGISTRY, NAMES[-KEPT:], "my-model-dev")
    calls = account.calls("delete-function")
    assert calls and all("--qualifier " in call for call in calls)


def test_images_of_versions_stay_however_old_and_others_go(account: Account) -> None:
    deployed(account, range(2), at=1)
    tidy(REGISTRY, NAMES, "my-model-dev")
    (call,) = account.calls("batch-delete-image")
    assert '"2"' in call and '"3"' in call
    assert '"0"' not in call and '"1"' not in call and '"4"' not in call


def test_an_image_that_a_version_runs_under_another_name_is_not_deleted(account: Account) -> None:
    deployed(account, range(2), at=1)
    account.answer(
        {
            "list-versions-by-function": says({"Versions": [{"Version": "1"}]}),
            "get-alias": says({"FunctionVersion": "1"}),
            "get-function": live(DIGEST),
        }
    )
    with pytest.raises(ContentError, match="in use by a version of my-model-dev"):
        tidy(REGISTRY, NAMES, "my-model-dev")
    assert not account.calls("batch-delete-image")


def test_little_to_tidy_asks_two_questions(account: Account, tmp_path: Path) -> None:
    deployed(account, range(20, 22), at=2)
    tidy(REGISTRY, NAMES[-KEPT:], "my-model-dev")
    assert len(account.calls("aws ")) == 2
