"""What ECR answers: the shapes of its API.

Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Types.html
"""

from typing import Any

from ministack.core.responses import error_response_json, get_account_id, json_response

from local.images import Image

Answer = tuple[int, dict[str, str], bytes]
Data = dict[str, Any]


def identifier(one: Image, tag: str | None) -> Data:
    """An image's digest, and the tag by which it was asked for."""
    return {"imageDigest": one.digest, **({"imageTag": tag} if tag else {})}


def image_of(one: Image, tag: str | None) -> Data:
    """An image with its manifest."""
    return {
        "registryId": get_account_id(),
        "repositoryName": one.repository,
        "imageId": identifier(one, tag),
        "imageManifest": one.manifest,
        "imageManifestMediaType": one.media_type,
    }


def detail(one: Image) -> Data:
    """What is known of an image."""
    detail = {
        "registryId": get_account_id(),
        "repositoryName": one.repository,
        "imageDigest": one.digest,
        "imageSizeInBytes": one.size_bytes,
        "imagePushedAt": one.pushed_at_seconds,
        "imageManifestMediaType": one.media_type,
        "artifactMediaType": one.content.get("config", {}).get("mediaType", one.media_type),
    }
    return {**detail, **({"imageTags": list(one.tags)} if one.tags else {})}


def failure(wanted: Data) -> Data:
    """An image that a batch operation did not find."""
    reason = "Requested image not found"
    return {"imageId": wanted, "failureCode": "ImageNotFound", "failureReason": reason}


def unknown(name: str, wanted: Data) -> Answer:
    """The error that an image is not there."""
    digest, tag = wanted.get("imageDigest", "null"), wanted.get("imageTag", "null")
    return refusal(
        "ImageNotFoundException",
        f"The image with imageId {{imageDigest:'{digest}', imageTag:'{tag}'}} does not exist "
        f"within the repository with name '{name}' in the registry with id '{get_account_id()}'",
    )


def answer_of(content: Data) -> Answer:
    """A JSON answer."""
    answer: Answer = json_response(content)
    return answer


def refusal(code: str, message: str) -> Answer:
    """An error of ECR, status 400."""
    answer: Answer = error_response_json(code, message, 400)
    return answer
