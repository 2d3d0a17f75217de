"""The images of Lambda functions in the local AWS."""

import pytest

from tests.local.function_stack import FunctionStack
from tests.local.instance import Instance

pytestmark = pytest.mark.docker
MISSING = "does not exist. Provide a valid source image."
UNSUPPORTED = "The image manifest, config or layer media type for the source image"


def create(instance: Instance, name: str, uri: str) -> str:
    """Create a function; what the AWS CLI says of it."""
    role = "arn:aws:iam::000000000000:role/any"
    answer = instance.try_aws(
        *("lambda", "create-function", "--function-name", name, "--package-type", "Image"),
        *("--role", role, "--code", f"ImageUri={uri}"),
    )
    return answer.stdout + answer.stderr


def test_source_images_that_are_not_there_are_refused(
    instance: Instance, pushed: dict[str, str]
) -> None:
    said = create(instance, "missing", f"{instance.registry}/probe:nope")
    assert "InvalidParameterValueException" in said and MISSING in said


def test_source_images_that_are_an_index_are_refused(instance: Instance, index: str) -> None:
    said = create(instance, "index", index)
    assert "InvalidParameterValueException" in said and UNSUPPORTED in said


def test_source_images_with_layers_of_zstd_are_refused(instance: Instance, zstd: str) -> None:
    said = create(instance, "zstd", zstd)
    assert "InvalidParameterValueException" in said and UNSUPPORTED in said


def test_source_images_are_checked_when_the_code_is_updated(
    instance: Instance, function: FunctionStack, index: str
) -> None:
    update = ("lambda", "update-function-code", "--function-name", function.name)
    assert UNSUPPORTED in instance.try_aws(*update, "--image-uri", index).stderr


def test_source_images_of_stacks_roll_a_new_stack_back(instance: Instance, index: str) -> None:
    stack = FunctionStack(instance, "refused")
    assert stack.try_deploy(index).returncode != 0
    assert stack.status() == "ROLLBACK_COMPLETE"
    assert f'Resource handler returned message: "{UNSUPPORTED}' in stack.reasons()
    assert "can not be updated" in stack.try_deploy(index).stderr
    stack.delete()


def test_source_images_of_stacks_roll_an_update_back(
    instance: Instance, function: FunctionStack
) -> None:
    assert function.try_deploy(f"{instance.registry}/probe:nope").returncode != 0
    assert function.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert MISSING in function.reasons()


def test_code_sha256_is_the_digest_of_the_image(
    instance: Instance, function: FunctionStack, pushed: dict[str, str]
) -> None:
    assert function.configuration()["CodeSha256"] == pushed["first"].split("sha256:")[1]
    function.deploy(pushed["second"])
    assert function.configuration()["CodeSha256"] == pushed["second"].split("sha256:")[1]
