"""Lambda: a function's code is an image of ECR, known by its digest."""

from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

from local.images import Image, image
from local.state import State

Data = dict[str, Any]
NOT_AN_IMAGE = "The local AWS runs functions of images only: give Code.ImageUri."
FUNCTION = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]


class Refused(ValueError):
    """Lambda does not take this image; the message has Lambda's words."""


def source_images(state: State) -> None:
    """What is no image, not in ECR, an index of images or has layers of zstd is refused.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/images-create.html
    """
    create, update = lambda_svc._create_function, lambda_svc._update_code

    def create_function(data: Data) -> Any:
        return _refusal(state, data.get("Code", {})) or create({**data, "PackageType": "Image"})

    def update_code(name: str, data: Data) -> Any:
        return _refusal(state, data) or update(name, data)

    lambda_svc._create_function, lambda_svc._update_code = create_function, update_code


def source_images_of_stacks(state: State) -> None:
    """A stack whose function has such an image fails, with Lambda's words as the reason.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
    """
    create, update = FUNCTION["create"], FUNCTION["update"]

    def create_resource(logical_id: str, props: Data, stack_name: str) -> Any:
        _check(state, props)
        return create(logical_id, props, stack_name)

    def update_resource(name: str, old: Data, new: Data, stack_name: str, logical_id: str) -> Any:
        if old.get("Code") != new.get("Code"):
            _check(state, new)
        return update(name, old, new, stack_name, logical_id)

    FUNCTION.update(create=create_resource, update=update_resource)


def code_sha256(state: State) -> None:
    """A function's CodeSha256 is its image's digest.

    Source: https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html
    """
    build, update, create = lambda_svc._build_config, lambda_svc._update_code, FUNCTION["create"]

    def build_config(name: str, data: Data, code_zip: bytes | None = None) -> Data:
        return {**build(name, data, code_zip), **_sha256(state, data.get("Code", {}))}

    def update_code(name: str, data: Data) -> Any:
        answer = update(name, data)
        _note(state, name, data)
        return answer

    def create_resource(logical_id: str, props: Data, stack_name: str) -> Any:
        name, attributes = create(logical_id, props, stack_name)
        _note(state, name, props.get("Code", {}))
        return name, attributes

    lambda_svc._build_config, lambda_svc._update_code = build_config, update_code
    FUNCTION.update(create=create_resource)


def source_image(state: State, uri: str) -> Image:
    """The image of a URI, ``registry/repository:tag`` or ``registry/repository@digest``.

    Raises:
        Refused: Lambda would not run it.
    """
    if not uri:
        raise Refused(NOT_AN_IMAGE)
    repository, separator, reference = _parts(uri.removeprefix(f"{state.registry}/"))
    if not uri.startswith(f"{state.registry}/") or not separator:
        raise Refused(f"Source image {uri} is not valid. Provide a valid source image.")
    found = image(state, repository, reference)
    if found is None:
        raise Refused(f"Source image {uri} does not exist. Provide a valid source image.")
    if not found.is_supported:
        raise Refused(
            "The image manifest, config or layer media type for the source image "
            f"{uri} is not supported."
        )
    return found


def _parts(name: str) -> tuple[str, str, str]:
    return name.partition("@") if "@" in name else name.partition(":")


def _refusal(state: State, code: Data) -> Any:
    try:
        source_image(state, code.get("ImageUri", ""))
    except Refused as refused:
        return error_response_json("InvalidParameterValueException", str(refused), 400)
    return None


def _check(state: State, props: Data) -> None:
    """Raise what CloudFormation reports when Lambda refuses a function of a stack."""
    try:
        source_image(state, props.get("Code", {}).get("ImageUri", ""))
    except Refused as refused:
        raise Refused(
            f'Resource handler returned message: "{refused} (Service: Lambda, Status Code: 400)" '
            "(HandlerErrorCode: InvalidRequest)"
        ) from refused


def _sha256(state: State, code: Data) -> Data:
    if "ImageUri" not in code:
        return {}
    return {"CodeSha256": source_image(state, code["ImageUri"]).digest.removeprefix("sha256:")}


def _note(state: State, name: str, code: Data) -> None:
    if function := lambda_svc._functions.get(name):
        function["config"].update(_sha256(state, code))
