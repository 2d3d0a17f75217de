import json
import os
from pathlib import Path

import pytest

from pipeline.cloud import content
from pipeline.errors import ContentError
from tests.commands import Commands

RECORDS = [f"models/{tag}/releases/20260131T120000Z-{tag}.json" for tag in ("aa", "bb")]


class Registry(Commands):
    """An AWS CLI that lists two models' images and records and notes what is deleted."""

    def answer(self, **answers: str) -> None:
        """Sets what the CLI says to an operation."""
        cases = "".join(f"*{words}*) {then} ;;\n" for words, then in answers.items())
        self.stub("aws", f'case "$*" in\n{cases}esac'.replace("_", "-"))

    def deleted(self) -> str:
        """The calls that delete."""
        return "\n".join(call for call in self.called() if "delete" in call)


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Registry:
    commands = Registry(tmp_path)
    monkeypatch.setenv("PATH", f"{commands.folder}{os.pathsep}{os.environ['PATH']}")
    tags = [{"imageDigest": tag, "imageTag": tag} for tag in ("aa", "bb")]
    versions = [{"Key": key, "VersionId": "1"} for key in RECORDS]
    commands.answer(
        list_images=f"echo '{json.dumps({'imageIds': tags})}'",
        list_object_versions=f"echo '{json.dumps({'Versions': versions})}'",
    )
    return commands


def test_what_there_is_is_counted_in_words(registry: Registry) -> None:
    assert content.count("repository", "bucket") == "2 images and 2 objects"


def test_nothing_is_counted_where_nothing_is(registry: Registry) -> None:
    registry.answer(list_images="echo RepositoryNotFoundException >&2; exit 254")
    assert content.count("repository", "") == ""
    assert content.count("", "") == ""


def test_other_models_of_a_shared_bucket_are_named(registry: Registry) -> None:
    assert content.others("bucket", "models/aa") == ["models/bb"]


def test_tags_that_are_not_there_are_not_deleted_again(registry: Registry) -> None:
    content.remove("repository", ["aa", "gone"])
    assert '"aa"' in registry.deleted() and "gone" not in registry.deleted()


def test_an_image_that_another_run_deleted_is_no_failure(registry: Registry) -> None:
    gone = {"failures": [{"failureCode": "ImageNotFound"}]}
    registry.answer(
        list_images='echo \'{"imageIds": [{"imageDigest": "d"}]}\'',
        batch_delete_image=f"echo '{json.dumps(gone)}'",
    )
    content.empty("repository", "")


def test_an_image_that_cannot_be_deleted_is_a_failure(registry: Registry) -> None:
    refused = {"failures": [{"failureCode": "ImageReferencedByManifestList"}]}
    registry.answer(
        list_images='echo \'{"imageIds": [{"imageDigest": "d"}]}\'',
        batch_delete_image=f"echo '{json.dumps(refused)}'",
    )
    with pytest.raises(ContentError, match="ImageReferencedByManifestList"):
        content.empty("repository", "")
