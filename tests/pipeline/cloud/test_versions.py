import pytest

from pipeline.cloud.versions import Version, live, release_before, versions
from tests.pipeline.account import Account, says

A, B, C = (f"2026010{day}T000000Z-ab" for day in (1, 2, 3))


def deployed(*releases: str) -> list[Version]:
    return [Version(number, release) for number, release in enumerate(releases, start=1)]


@pytest.mark.parametrize(
    ("history", "current", "before"),
    [
        ([A, B], B, A),
        ([A, B, C], C, B),
        ([A, B, A], A, B),  # gone back once: back to where it was
        ([A, B, B], B, A),  # the same release with another setting
        ([A, B, C], B, A),  # C was rolled back
        ([A, "", B], B, A),  # published by hand
        ([A], A, ""),
        ([], A, ""),
    ],
)
def test_the_release_before_is_the_last_other_one(
    history: list[str], current: str, before: str
) -> None:
    assert release_before(deployed(*history), current) == before


def test_versions_are_read_in_the_order_of_their_numbers(account: Account) -> None:
    listed = [
        {"Version": "$LATEST", "Description": f"m, release {C}, key 1"},
        {"Version": "10", "Description": f"m, release {B}, key 1"},
        {"Version": "9", "Description": f"m, release {A}, key 1"},
        {"Version": "11", "Description": "by hand"},
    ]
    account.answer({"list-versions-by-function": says({"Versions": listed})})
    assert versions("m-dev") == [Version(9, A), Version(10, B), Version(11, "")]


def test_an_alias_tells_its_version_and_the_share_of_another(account: Account) -> None:
    routing = {"AdditionalVersionWeights": {"3": 0.1}}
    account.answer({"get-alias": says({"FunctionVersion": "2", "RoutingConfig": routing})})
    found = live("m-dev")
    assert found and (found.version, found.shifting) == (2, {3: 0.1})
    account.answer({"get-alias": "echo 'An error (ResourceNotFoundException)' >&2; exit 254"})
    assert live("m-dev") is None
