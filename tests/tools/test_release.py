import json
from pathlib import Path
from typing import Any

import pytest
import release
from settings import SettingsError

DIGEST = "sha256:" + "a" * 64


@pytest.fixture
def record(tmp_path: Path) -> dict[str, Any]:
    example = tmp_path / "example.json"
    example.write_text('{"request": 1, "answer": 2}')
    environ = {"PROJECT": "prices", "MEMORY_SIZE": "512"}
    return release.record(DIGEST, "0123456789abcdef", "Dockerfile", example, environ)


def parameters(record: dict[str, Any], **environ: str) -> dict[str, str]:
    return release.parameters(record, "dev", "host/prices-dev", b"template", environ)


def test_a_record_holds_all_that_a_deploy_needs(record: dict[str, Any], tmp_path: Path) -> None:
    assert record["release"].endswith("-0123456789abcdef")
    assert record["settings"]["MEMORY_SIZE"] == "512"
    assert record["example"] == {"request": 1, "answer": 2, "tolerance": 1e-6}
    (tmp_path / "record.json").write_text(json.dumps(record))
    assert release.read_record(tmp_path / "record.json") == record


def test_a_record_is_the_same_as_another_made_later(record: dict[str, Any]) -> None:
    assert release.same(record, {**record, "release": "20300101T000000Z-0123456789abcdef"})
    assert not release.same(record, {**record, "digest": "sha256:b"})


def test_the_image_is_deployed_by_its_digest(record: dict[str, Any]) -> None:
    assert parameters(record)["ImageUri"] == f"host/prices-dev@{DIGEST}"


def test_an_exported_setting_wins_over_the_record(record: dict[str, Any]) -> None:
    assert parameters(record)["MemorySize"] == "512"
    assert parameters(record, MEMORY_SIZE="1024")["MemorySize"] == "1024"
    with pytest.raises(SettingsError):
        parameters(record, MEMORY_SIZE="64")


def test_every_change_publishes_a_new_version(record: dict[str, Any]) -> None:
    keys = {
        parameters(record)["VersionKey"],
        parameters(record, MEMORY_SIZE="1024")["VersionKey"],
        parameters({**record, "digest": "sha256:b"})["VersionKey"],
        parameters({**record, "release": "other"})["VersionKey"],
        release.parameters(record, "dev", "host/prices-dev", b"edited", {})["VersionKey"],
    }
    assert len(keys) == 5
    assert parameters(record)["VersionKey"] == parameters(record)["VersionKey"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"release": "r"}', "null"])
def test_what_is_no_record_is_refused_with_the_way_out(tmp_path: Path, text: str) -> None:
    path = tmp_path / "record.json"
    path.write_text(text)
    with pytest.raises(release.ReleaseError, match="push again with -p"):
        release.read_record(path)


def test_a_release_comes_behind_the_newest_even_if_that_is_from_a_fast_clock(
    tmp_path: Path,
) -> None:
    example = tmp_path / "example.json"
    example.write_text('{"request": 1, "answer": 2}')
    made = release.record(
        DIGEST, "ab", "Dockerfile", example, {"PROJECT": "prices"}, "29991231T235958Z-cd"
    )
    assert made["release"] == "29991231T235959Z-ab"


def test_the_architecture_is_the_images_whatever_is_exported(record: dict[str, Any]) -> None:
    assert parameters(record, ARCHITECTURE="arm64")["Architecture"] == "x86_64"


def names(*tags: str) -> list[str]:
    return [f"202601{1 + n // 24:02}T{n % 24:02}0000Z-{tag}" for n, tag in enumerate(tags)]


def test_images_of_the_newest_30_releases_are_never_retired() -> None:
    tags = [f"{n:x}" for n in range(35)]
    assert release.retired(names(*tags), deployed="") == ["0", "1", "2", "3", "4"]
    assert release.retired(names(*tags[:30]), deployed="") == []


def test_an_old_image_that_was_released_again_stays() -> None:
    tags = [f"{n:x}" for n in range(34)]
    assert release.retired(names(*tags, "2"), deployed="") == ["0", "1", "3", "4"]


def test_the_deployed_image_stays_however_old_it_is() -> None:
    old, *newer = names(*(f"{n:x}" for n in range(32)))
    assert release.retired([old, *newer], deployed=old) == ["1"]


def test_objects_that_are_no_releases_are_passed_over() -> None:
    assert release.retired(["notes", *names("a"), ""], deployed="") == []
