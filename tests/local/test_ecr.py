"""ECR of the local AWS; each test is named after the patch that it proves."""

import json
import subprocess

import pytest

from tests.local.instance import Instance

pytestmark = pytest.mark.docker
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


@pytest.fixture
def repository(instance: Instance, images: dict[str, str], request: pytest.FixtureRequest) -> str:
    """A mutable repository of its own, with the first image under the tags `one` and `two`."""
    name = f"test/{request.node.name.replace('_', '-')}"
    uri = instance.aws("ecr", "create-repository", "--repository-name", name)["repository"][
        "repositoryUri"
    ]
    for tag in ("one", "two"):
        instance.docker("tag", images["first"], f"{uri}:{tag}")
        instance.docker("push", "--quiet", f"{uri}:{tag}")
        instance.docker("rmi", f"{uri}:{tag}")
    return name


def tags(instance: Instance, repository: str) -> list[str]:
    listed = instance.aws("ecr", "list-images", "--repository-name", repository)
    return [one["imageTag"] for one in listed["imageIds"] if "imageTag" in one]


def test_repository_uris_are_those_of_the_local_registry(
    instance: Instance, pushed: dict[str, str]
) -> None:
    described = instance.aws("ecr", "describe-repositories", "--repository-names", "probe")
    assert described["repositories"][0]["repositoryUri"] == f"{instance.registry}/probe"


def test_login_endpoint_takes_the_password(instance: Instance) -> None:
    token = instance.aws("ecr", "get-authorization-token")["authorizationData"][0]
    assert token["proxyEndpoint"] == f"http://{instance.registry}"
    password = instance.aws("ecr", "get-login-password").strip()
    login = ["docker", "login", "--username", "AWS", "--password-stdin", instance.registry]
    subprocess.run(login, input=password, text=True, check=True, env=instance.environment())


def test_list_images_lists_every_tag(instance: Instance, repository: str) -> None:
    assert sorted(tags(instance, repository)) == ["one", "two"]


def test_describe_images_knows_tags_size_and_time(instance: Instance, repository: str) -> None:
    described = instance.aws("ecr", "describe-images", "--repository-name", repository)
    (image,) = described["imageDetails"]
    assert image["imageTags"] == ["one", "two"]
    assert image["imageSizeInBytes"] > 10_000_000
    assert image["imageManifestMediaType"] == MANIFEST
    assert image["imagePushedAt"] > 1_700_000_000


def test_describe_images_refuses_a_tag_that_is_not_there(
    instance: Instance, repository: str
) -> None:
    answer = instance.try_aws(
        *("ecr", "describe-images", "--repository-name", repository),
        *("--image-ids", "imageTag=three"),
    )
    assert "ImageNotFoundException" in answer.stderr


def test_batch_get_image_has_the_manifest_that_was_pushed(
    instance: Instance, repository: str
) -> None:
    got = instance.aws(
        *("ecr", "batch-get-image", "--repository-name", repository),
        *("--image-ids", "imageTag=one", "imageTag=three"),
    )
    (image,), (failure,) = got["images"], got["failures"]
    assert json.loads(image["imageManifest"])["layers"]
    assert image["imageManifestMediaType"] == MANIFEST
    assert failure["failureCode"] == "ImageNotFound"


def test_batch_delete_image_deletes_a_tag_and_then_the_image(
    instance: Instance, repository: str
) -> None:
    delete = ("ecr", "batch-delete-image", "--repository-name", repository, "--image-ids")
    instance.aws(*delete, "imageTag=one")
    assert tags(instance, repository) == ["two"]
    instance.aws(*delete, "imageTag=two")
    assert (
        instance.aws("ecr", "describe-images", "--repository-name", repository)["imageDetails"]
        == []
    )


def test_put_image_keeps_an_immutable_tag(instance: Instance, pushed: dict[str, str]) -> None:
    got = instance.aws(
        "ecr", "batch-get-image", "--repository-name", "probe", "--image-ids", "imageTag=first"
    )
    put = (
        "ecr",
        "put-image",
        "--repository-name",
        "probe",
        "--image-manifest",
        got["images"][0]["imageManifest"],
    )
    assert (
        "ImageTagAlreadyExistsException" in instance.try_aws(*put, "--image-tag", "second").stderr
    )
    assert instance.aws(*put, "--image-tag", "third")["image"]["imageId"]["imageTag"] == "third"


def test_delete_repository_needs_force_where_there_are_images(
    instance: Instance, repository: str
) -> None:
    delete = ("ecr", "delete-repository", "--repository-name", repository)
    assert "RepositoryNotEmptyException" in instance.try_aws(*delete).stderr
    instance.aws(*delete, "--force")
    instance.aws("ecr", "create-repository", "--repository-name", repository)
    assert (
        instance.aws("ecr", "describe-images", "--repository-name", repository)["imageDetails"]
        == []
    )
