"""What the local AWS has, for a caller with its credentials; each test is named after the patch."""

import json
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.virtual_environment import PYTHON
from tests.local.attack import FUNCTIONS, functions, send, signed, zip_function
from tests.local.function_stack import FunctionStack, call
from tests.local.instance import REPOSITORY, Instance

pytestmark = pytest.mark.docker
ROLE = "arn:aws:iam::000000000000:role/any"


def ask(
    instance: Instance, service: str, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[int, bytes]:
    """Send a signed request that no client of AWS's would make."""
    url = instance.endpoint + path
    named = signed(instance.environment(), service, method, url, body, **headers)
    return send(instance.api_port, method, path, body, named)


def test_guarded_requests_name_the_operation_that_the_local_aws_has_not(
    instance: Instance,
) -> None:
    for operation, *arguments in (
        ("RunTask", "ecs", "run-task", "--task-definition", "any"),
        ("CreateUser", "iam", "create-user", "--user-name", "any"),
        ("AddPermission", "lambda", "add-permission", "--function-name", "any"),
        ("PutBucketPolicy", "s3api", "put-bucket-policy", "--bucket", "any", "--policy", "{}"),
    ):
        more = {
            "AddPermission": ("--statement-id", "a", "--action", "a", "--principal", "a"),
        }.get(operation, ())
        said = instance.try_aws(*arguments, *more).stderr
        assert f"(NotImplemented) when calling the {operation} operation" in said
        assert f"The local AWS has no {arguments[0].removesuffix('api')} {operation}" in said


def test_guarded_requests_need_the_secret_and_not_the_key_alone(instance: Instance) -> None:
    key = {**instance.environment(), "AWS_SECRET_ACCESS_KEY": "another"}
    url = instance.endpoint + FUNCTIONS + "/"
    headers = signed(key, "lambda", "GET", url, b"")
    status, body = send(instance.api_port, "GET", FUNCTIONS + "/", headers=headers)
    assert (status, json.loads(body)["__type"]) == (403, "SignatureDoesNotMatch")


def test_one_entrance_leads_to_no_other_service_than_the_signed_one(instance: Instance) -> None:
    run_task = {"X_Amz_Target": "AmazonEC2ContainerServiceV20141113.RunTask"}
    for service, path in (("ecs", "/"), ("s3", "/"), ("lambda", "/"), ("ecr", "/")):
        status, body = ask(instance, service, "POST", path, b"{}", **run_task)
        assert (status, b"The local AWS has no" in body) == (501, True), service


def test_one_entrance_takes_what_ministack_has_beside_its_services_for_buckets(
    instance: Instance,
) -> None:
    for path in ("/_ministack/health", "/_localstack/config", "/v2/_catalog"):
        assert ask(instance, "s3", "GET", path)[0] == 501, path
    for path in ("/iceberg/v1/config", "/kafka/any"):
        status, body = ask(instance, "s3", "GET", path)
        assert (status, b"NoSuchBucket" in body) == (404, True), path


@pytest.mark.parametrize("name", ["@connections", "%40connections", "%2540connections"])
def test_guarded_requests_are_not_for_the_connections_of_web_sockets(
    name: str, instance: Instance, function: FunctionStack
) -> None:
    status, body = call(f"{function.url()}/{name}/any", b"{}")
    if name.startswith("%25"):  # a path of the model's own, as it is not decoded twice
        assert (status, json.loads(body)["asked"]) == (200, "{}")
    else:
        assert (status, b"has no execute-api @connections" in body) == (501, True)


def test_images_only_are_made_functions(instance: Instance) -> None:
    status, body = ask(instance, "lambda", "POST", FUNCTIONS, zip_function("zip"))
    assert (status, b"runs functions of images only" in body) == (400, True)
    assert "zip" not in functions(instance)


def test_images_only_are_the_code_of_an_update(instance: Instance, function: FunctionStack) -> None:
    path = f"{FUNCTIONS}/{function.name}/code"
    status, body = ask(instance, "lambda", "PUT", path, zip_function(function.name))
    assert (status, b"runs functions of images only" in body) == (400, True)
    assert call(function.url() + "/")[0] == 200


@pytest.mark.parametrize(
    ("resource_type", "properties", "reason"),
    [
        (
            "AWS::Lambda::Function",
            {"Handler": "index.handler", "Runtime": "python3.12", "Code": {"ZipFile": "1"}},
            "runs functions of images only",
        ),
        ("AWS::ECS::Cluster", {}, "Unrecognized resource types: [AWS::ECS::Cluster]"),
        ("AWS::CloudFormation::Stack", {"TemplateURL": "any"}, "Unrecognized resource types"),
        ("Custom::Any", {"ServiceToken": "arn:any"}, "Unsupported resource type: Custom::Any"),
    ],
)
def test_known_types_are_all_that_a_stack_may_hold(
    resource_type: str,
    properties: dict[str, Any],
    reason: str,
    instance: Instance,
    tmp_path: Path,
) -> None:
    role = {"Role": ROLE} if resource_type == "AWS::Lambda::Function" else {}
    resource = {"Type": resource_type, "Properties": {**properties, **role}}
    template = tmp_path / "template.json"
    template.write_text(json.dumps({"Resources": {"Any": resource}}))
    name = resource_type.replace("::", "-")
    named = ("--stack-name", name, "--template-file", str(template))
    refused = instance.try_aws("cloudformation", "deploy", *named)
    assert refused.returncode != 0
    events = instance.try_aws("cloudformation", "describe-stack-events", "--stack-name", name)
    assert reason in refused.stderr + events.stdout


ZIP_OF_BEFORE = """
import os, sys
from base64 import b64decode
from local.patches import surface
from ministack.services import lambda_svc
surface.images_only(None)
arn = "arn:aws:lambda:us-east-1:000000000000:function:zip"
config = {"FunctionName": "zip", "FunctionArn": arn, "Runtime": "python3.12"}
config |= {"Handler": "index.handler", "PackageType": "Zip"}
code = b64decode(sys.stdin.read())
print(lambda_svc._execute_function({"config": config, "code_zip": code}, {}), flush=True)
os._exit(0)
"""


def test_images_only_run_and_not_a_function_of_an_older_state_folder(instance: Instance) -> None:
    code = json.loads(zip_function("zip"))["Code"]["ZipFile"]
    environ = {"PYTHONPATH": str(REPOSITORY), "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(
        [PYTHON, "-c", ZIP_OF_BEFORE], env=environ, input=code, capture_output=True, text=True
    )
    assert "Runtime.NotAnImage" in ran.stdout, ran.stderr


def test_images_only_run_and_no_url_that_a_variable_names(
    instance: Instance, function: FunctionStack
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(0)
        url = f"http://127.0.0.1:{elsewhere.getsockname()[1]}"
        update = ("lambda", "update-function-configuration", "--function-name", function.name)
        instance.aws(*update, "--environment", f"Variables={{MINISTACK_LAMBDA_PROXY_URL={url}}}")
        answer = str(instance.folder / "answer.json")
        event = ("--payload", '{"path": "/"}')
        instance.aws("lambda", "invoke", "--function-name", function.name, *event, answer)
        with pytest.raises(BlockingIOError):
            elsewhere.accept()
    assert json.loads(Path(answer).read_text())["statusCode"] == 200
