import json

import pytest
from manifest import ManifestError, check_manifest

DOCKER = "application/vnd.docker.distribution.manifest"
OCI = "application/vnd.oci.image"


@pytest.mark.parametrize("media_type", [f"{DOCKER}.v2+json", f"{OCI}.manifest.v1+json"])
def test_the_manifest_of_a_single_image_is_accepted(media_type: str) -> None:
    check_manifest(json.dumps({"mediaType": media_type, "config": {}, "layers": []}))


def test_an_oci_manifest_need_not_name_its_type() -> None:
    check_manifest(json.dumps({"schemaVersion": 2, "config": {}, "layers": []}))


@pytest.mark.parametrize("media_type", [f"{DOCKER}.list.v2+json", f"{OCI}.index.v1+json"])
def test_an_index_is_refused_with_the_way_to_build_without_one(media_type: str) -> None:
    with pytest.raises(ManifestError, match="BUILDX_NO_DEFAULT_ATTESTATIONS=1"):
        check_manifest(json.dumps({"mediaType": media_type, "manifests": []}))


@pytest.mark.parametrize("text", ["", "None", "[]", "null"])
def test_what_is_no_manifest_is_refused(text: str) -> None:
    with pytest.raises(ManifestError):
        check_manifest(text)
