"""ECR: repositories that are those of the local registry.

The registry is asked for its images whenever ECR is, so there is nothing to keep in step.
"""

import time
import urllib.error
from collections.abc import Callable

from ministack.services import ecr

from local.credentials import credentials
from local.images import Image, delete, image, images, put, untag
from local.patches.ecr_answers import (
    Answer,
    Data,
    answer_of,
    detail,
    failure,
    identifier,
    image_of,
    refusal,
    unknown,
)
from local.registry_access import basic
from local.state import State


def repository_uris(state: State) -> None:
    """A repository's URI is where ``docker push`` finds it.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Repository.html
    """
    ecr._repo_uri = lambda name: f"{state.registry}/{name}"


def login_endpoint(state: State) -> None:
    """The authorization token is the password of the registry that the repositories' URIs name.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
    """

    token = basic(credentials(state))

    def get_authorization_token(data: Data) -> Answer:
        authorization = {
            "authorizationToken": token,
            "expiresAt": int(time.time()) + 12 * 3600,
            "proxyEndpoint": f"http://{state.registry}",
        }
        return answer_of({"authorizationData": [authorization]})

    ecr._get_authorization_token = get_authorization_token


def list_images(state: State) -> None:
    """Every tag is listed, and every digest without one.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ListImages.html
    """

    def answer(name: str, data: Data) -> Answer:
        wanted = data.get("filter", {}).get("tagStatus", "ANY")
        identifiers = [
            identifier(found, tag) for found in images(state, name) for tag in found.tags or (None,)
        ]
        status = {"TAGGED": True, "UNTAGGED": False}.get(wanted)
        chosen = [one for one in identifiers if status is None or ("imageTag" in one) is status]
        return answer_of({"imageIds": chosen})

    ecr._list_images = _of_repository(answer)


def describe_images(state: State) -> None:
    """An image is described with its tags, size and time of push; an unknown one is an error.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeImages.html
    """

    def answer(name: str, data: Data) -> Answer:
        found = []
        for wanted in data.get("imageIds") or []:
            if (one := _find(state, name, wanted)) is None:
                return unknown(name, wanted)
            found.append(one)
        chosen = found if data.get("imageIds") else images(state, name)
        return answer_of({"imageDetails": [detail(one) for one in chosen]})

    ecr._describe_images = _of_repository(answer)


def batch_get_image(state: State) -> None:
    """An image's manifest is the one that was pushed, byte for byte.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchGetImage.html
    """

    def answer(name: str, data: Data) -> Answer:
        found, failures = [], []
        for wanted in data.get("imageIds", []):
            one = _find(state, name, wanted)
            if one is None:
                failures.append(failure(wanted))
            else:
                found.append(image_of(one, wanted.get("imageTag")))
        return answer_of({"images": found, "failures": failures})

    ecr._batch_get_image = _of_repository(answer)


def batch_delete_image(state: State) -> None:
    """A tag is deleted, and its image with the last of its tags; a digest goes with all its tags.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_BatchDeleteImage.html
    """

    def answer(name: str, data: Data) -> Answer:
        deleted, failures = [], []
        for wanted in data.get("imageIds", []):
            one = _find(state, name, wanted)
            if one is None:
                failures.append(failure(wanted))
                continue
            tag = wanted.get("imageTag")
            if tag and len(one.tags) > 1:
                untag(state, name, tag)
            else:
                delete(state, name, one.digest)
            deleted.append(identifier(one, tag))
        return answer_of({"imageIds": deleted, "failures": failures})

    ecr._batch_delete_image = _of_repository(answer)


def put_image(state: State) -> None:
    """A tag of an immutable repository stays on its image.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutImage.html
    """

    def answer(name: str, data: Data) -> Answer:
        tag = data.get("imageTag")
        immutable = ecr._repositories[name]["imageTagMutability"] == "IMMUTABLE"
        if tag and immutable and image(state, name, tag):
            return refusal(
                "ImageTagAlreadyExistsException",
                f"The image tag '{tag}' already exists in the '{name}' repository and cannot be "
                "overwritten because the tag is immutable.",
            )
        media_type = (
            data.get("imageManifestMediaType")
            or "application/vnd.docker.distribution.manifest.v2+json"
        )
        try:
            digest = put(state, name, data["imageManifest"], media_type, tag)
        except urllib.error.HTTPError as error:
            return refusal(
                "LayersNotFoundException", f"The registry refused the manifest: {error.read()!r}"
            )
        stored = image(state, name, digest)
        return answer_of({"image": image_of(stored, tag)}) if stored else unknown(name, data)

    ecr._put_image = _of_repository(answer)


def delete_repository(state: State) -> None:
    """A repository that holds images is deleted only by force, and its images with it.

    Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DeleteRepository.html
    """
    original = ecr._delete_repository

    def answer(name: str, data: Data) -> Answer:
        held = images(state, name)
        if held and not data.get("force"):
            return refusal(
                "RepositoryNotEmptyException",
                f"The repository with name '{name}' in registry with id '{ecr.get_account_id()}' "
                "cannot be deleted because it still contains images",
            )
        for one in held:
            delete(state, name, one.digest)
        deleted: Answer = original(data)
        return deleted

    ecr._delete_repository = _of_repository(answer)


def _of_repository(answer: Callable[[str, Data], Answer]) -> Callable[[Data], Answer]:
    """Refuse a repository that is not there, before anything else."""

    def checked(data: Data) -> Answer:
        name = data.get("repositoryName", "")
        if name in ecr._repositories:
            return answer(name, data)
        return refusal(
            "RepositoryNotFoundException",
            f"The repository with name '{name}' does not exist in the registry with id "
            f"'{ecr.get_account_id()}'",
        )

    return checked


def _find(state: State, name: str, wanted: Data) -> Image | None:
    """The image with this digest and this tag; one of them may be missing."""
    found = image(state, name, wanted.get("imageDigest") or wanted.get("imageTag") or "")
    tag = wanted.get("imageTag")
    return found if found and (not tag or tag in found.tags) else None
