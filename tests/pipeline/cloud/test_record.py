import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.cloud.record import (
    Record,
    new_record,
    parse_record,
    releases_in,
    retired,
    unreleased,
)
from pipeline.cloud.stacks import key_of
from pipeline.errors import ReleaseError, SettingsError
from pipeline.model.directory import Model
from pipeline.model.golden import Golden
from pipeline.model.origin import Origin
from pipeline.model.settings import settings

DIGEST = "sha256:" + "a" * 64
MODEL = Model(
    Path("prices"),
    "Dockerfile",
    settings({"MEMORY_SIZE": "512"}, {}),
    {"MODE": "fast"},
    {},
    (),
    Golden(1, 2),
)
ORIGIN = Origin("c0ffee", True, "XGBoost 3.1.2", 52_000_000, "ab", 9.5, "arn:aws:iam::1:user/ada")
RECORD = new_record(MODEL, "prices", "0123456789abcdef", DIGEST, "", ORIGIN)


def parameters(record: Record = RECORD, **environ: str) -> dict[str, str]:
    return record.parameters("dev", "host/prices-dev", environ)


def test_a_record_is_read_as_it_was_written() -> None:
    assert RECORD.release.endswith("-0123456789abcdef")
    assert RECORD.settings["MEMORY_SIZE"] == "512" and RECORD.variables == {"MODE": "fast"}
    assert parse_record(RECORD.as_json()) == RECORD


def test_a_record_of_an_older_pipeline_has_no_known_origin() -> None:
    fields = json.loads(RECORD.as_json())
    del fields["origin"]
    assert parse_record(json.dumps(fields)) == RECORD._replace(origin=Origin())


def test_a_record_deploys_like_another_made_later() -> None:
    later = RECORD._replace(release="20300101T000000Z-0123456789abcdef")
    assert RECORD.deploys_like(later._replace(origin=Origin()))
    others = (
        RECORD._replace(digest="sha256:b"),
        RECORD._replace(variables={}),
        RECORD._replace(golden=Golden(1, 3)),
    )
    assert not any(RECORD.deploys_like(other) for other in others)


def test_the_image_is_deployed_by_its_digest() -> None:
    assert parameters()["ImageUri"] == f"host/prices-dev@{DIGEST}"


def test_an_exported_setting_wins_over_the_record() -> None:
    assert parameters()["MemorySize"] == "512"
    assert parameters(MEMORY_SIZE="1024")["MemorySize"] == "1024"
    with pytest.raises(SettingsError):
        parameters(MEMORY_SIZE="64")


def test_the_architecture_is_the_images_whatever_is_exported() -> None:
    assert parameters(ARCHITECTURE="arm64")["Architecture"] == "x86_64"


def test_the_boundary_of_the_functions_role_is_the_deployers_and_never_the_releases() -> None:
    arn = "arn:aws:iam::123456789012:policy/ci-FunctionBoundary-1A2B"
    assert parameters(PERMISSIONS_BOUNDARY=arn)["PermissionsBoundary"] == arn
    pushed = RECORD._replace(settings={**RECORD.settings, "PERMISSIONS_BOUNDARY": arn})
    assert parameters(pushed)["PermissionsBoundary"] == ""


def test_every_change_has_another_key_and_the_same_deploy_the_same(tmp_path: Path) -> None:
    template, edited = tmp_path / "template.yaml", tmp_path / "edited.yaml"
    template.write_text("template")
    edited.write_text("edited")
    keys = {
        key_of(template, parameters()),
        key_of(template, parameters(MEMORY_SIZE="1024")),
        key_of(template, parameters(RECORD._replace(digest="sha256:b"))),
        key_of(template, parameters(RECORD._replace(release="other"))),
        key_of(edited, parameters()),
    }
    assert len(keys) == 5
    assert key_of(template, parameters()) in keys


FIELDS = json.loads(RECORD.as_json())


@pytest.mark.parametrize(
    "found",
    [
        *("", [], {}, None, {"release": "r"}, {**FIELDS, "more": 1}),
        {**FIELDS, "release": "../other"},
        {**FIELDS, "digest": "latest"},
        {**FIELDS, "project": 1},
        {**FIELDS, "settings": ["MEMORY_SIZE"]},
        {**FIELDS, "variables": {"MODE": 1}},
        {**FIELDS, "golden": {"request": 1}},
    ],
)
def test_what_no_push_wrote_is_refused_with_the_way_out(found: Any) -> None:
    with pytest.raises(ReleaseError, match="push again with -p"):
        parse_record(json.dumps(found) if found != "" else "")


def test_a_setting_with_a_second_line_reaches_no_parameter() -> None:
    forged = RECORD._replace(settings={**RECORD.settings, "API_PATH": "/a\nStage=prod"})
    with pytest.raises(SettingsError, match="API_PATH must match"):
        parameters(parse_record(forged.as_json()))


def test_a_release_comes_behind_the_newest_even_if_that_is_from_a_fast_clock() -> None:
    made = new_record(MODEL, "prices", "ab", DIGEST, "29991231T235958Z-cd", ORIGIN)
    assert made.release == "29991231T235959Z-ab"


def test_a_setting_that_was_not_released_is_told() -> None:
    found = unreleased(RECORD, {"MEMORY_SIZE": "700", "TIMEOUT": "29"}, {"MODE": "slow"})
    setting, variable = found
    assert "the release has MEMORY_SIZE=512, MEMORY_SIZE is 700 now" in setting
    assert "another variable MODE" in variable and "slow" not in variable
    assert not list(unreleased(RECORD, {"TIMEOUT": "29"}, {"MODE": "fast"}))


def test_releases_are_found_among_the_keys_of_a_bucket_oldest_first() -> None:
    new, old = "20260201T000000Z-ab", "20260101T000000Z-cd"
    keys = [f"p/releases/{name}.json" for name in (new, old)]
    others = ["p/releases/notes", f"q/releases/{new}.json", f"pp/releases/{new}.json"]
    assert releases_in([*keys, *others], "p") == [old, new]


def names(*tags: str) -> list[str]:
    return [f"202601{1 + n // 24:02}T{n % 24:02}0000Z-{tag}" for n, tag in enumerate(tags)]


def test_images_of_the_newest_30_releases_are_never_retired() -> None:
    tags = [f"{n:x}" for n in range(35)]
    assert retired(names(*tags), in_use=[]) == ["0", "1", "2", "3", "4"]
    assert retired(names(*tags[:30]), in_use=[]) == []


def test_an_old_image_that_was_released_again_stays() -> None:
    tags = [f"{n:x}" for n in range(34)]
    assert retired(names(*tags, "2"), in_use=[]) == ["0", "1", "3", "4"]


def test_the_deployed_image_stays_however_old_it_is() -> None:
    old, *newer = names(*(f"{n:x}" for n in range(32)))
    assert retired([old, *newer], in_use=[old]) == ["1"]


def test_objects_that_are_not_releases_are_passed_over() -> None:
    assert retired(["notes", *names("a"), ""], in_use=[]) == []
