"""CloudFormation of the local AWS."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.local.function_stack import FunctionStack, says
from tests.local.instance import Instance


def deploy_resources(instance: Instance, tmp_path: Path, name: str, resources: Any) -> str:
    """Deploy resources as a stack; its status."""
    template = tmp_path / f"{name}.json"
    template.write_text(json.dumps({"Resources": resources}))
    deploy = ("cloudformation", "deploy", "--stack-name", name, "--template-file", str(template))
    instance.try_aws(*deploy)
    return status(instance, name)


def status(instance: Instance, name: str) -> str:
    described = instance.aws("cloudformation", "describe-stacks", "--stack-name", name)
    return str(described["Stacks"][0]["StackStatus"])


def bucket(instance: Instance, tmp_path: Path, name: str) -> str:
    """Deploy a stack of the same name with a bucket that has versions."""
    properties = {"BucketName": name, "VersioningConfiguration": {"Status": "Enabled"}}
    resources = {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": properties}}
    assert deploy_resources(instance, tmp_path, name, resources) == "CREATE_COMPLETE"
    return name


def version(function: FunctionStack) -> str:
    """The number of the version behind the alias."""
    return function.output("Version").rpartition(":")[2]


@pytest.mark.docker
def test_transform_parameters_publish_a_version_for_a_new_image(
    instance: Instance, function: FunctionStack, pushed: dict[str, str]
) -> None:
    assert (version(function), says(function.url())) == ("1", "first")
    function.deploy(pushed["second"])
    assert (version(function), says(function.url())) == ("2", "second")
    function.deploy(pushed["first"])
    assert (version(function), says(function.url())) == ("3", "first")


@pytest.mark.docker
def test_names_of_change_sets_may_be_used_again(
    instance: Instance, function: FunctionStack, pushed: dict[str, str]
) -> None:
    create = ("cloudformation", "create-change-set", "--stack-name", function.name)
    execute = ("cloudformation", "execute-change-set", "--stack-name", function.name)
    parameters = [f"ParameterKey=Name,ParameterValue={function.name}"]
    parameters += [f"ParameterKey=ImageUri,ParameterValue={pushed['second']}"]
    body = ("--template-body", f"file://{function.template}", "--capabilities", "CAPABILITY_IAM")
    same = ("--change-set-name", "same")
    for release in ("one", "two"):
        release_parameter = f"ParameterKey=Release,ParameterValue={release}"
        instance.aws(*create, *same, *body, "--parameters", *parameters, release_parameter)
        instance.aws(*execute, *same)
        instance.aws(
            "cloudformation", "wait", "stack-update-complete", "--stack-name", function.name
        )


def test_blocked_updates_end_with_the_deletion_of_the_stack(
    instance: Instance, tmp_path: Path
) -> None:
    right = {"Bucket": {"Type": "AWS::S3::Bucket"}}
    name = "blocked"
    refused = {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {}}}
    assert deploy_resources(instance, tmp_path, name, refused) == "ROLLBACK_COMPLETE"
    assert deploy_resources(instance, tmp_path, name, right) == "ROLLBACK_COMPLETE"
    instance.aws("cloudformation", "delete-stack", "--stack-name", name)
    instance.aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", name)
    assert deploy_resources(instance, tmp_path, name, right) == "CREATE_COMPLETE"


def test_a_deployment_that_was_killed_before_it_began_is_taken_up(
    instance: Instance, tmp_path: Path
) -> None:
    template = tmp_path / "review.json"
    template.write_text(json.dumps({"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}))
    instance.aws(
        *(
            "cloudformation",
            "create-change-set",
            "--stack-name",
            "review",
            "--change-set-name",
            "killed",
        ),
        *("--change-set-type", "CREATE", "--template-body", f"file://{template}"),
    )
    assert status(instance, "review") == "REVIEW_IN_PROGRESS"
    resources = {"Bucket": {"Type": "AWS::S3::Bucket"}}
    assert deploy_resources(instance, tmp_path, "review", resources) == "CREATE_COMPLETE"


def test_buckets_with_objects_stay(instance: Instance, tmp_path: Path) -> None:
    name = bucket(instance, tmp_path, "bucket-with-objects")
    put = ("s3api", "put-object", "--bucket", name, "--key", "one")
    version = instance.aws(*put)["VersionId"]
    instance.aws("cloudformation", "delete-stack", "--stack-name", name)
    instance.try_aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", name)
    assert status(instance, name) == "DELETE_FAILED"
    instance.aws(
        "s3api", "delete-object", "--bucket", name, "--key", "one", "--version-id", version
    )
    instance.aws("cloudformation", "delete-stack", "--stack-name", name)
    instance.aws("cloudformation", "wait", "stack-delete-complete", "--stack-name", name)


def test_accepted_types_are_part_of_a_stack(instance: Instance, tmp_path: Path) -> None:
    resources = {
        "Application": {
            "Type": "AWS::CodeDeploy::Application",
            "Properties": {"ComputePlatform": "Lambda"},
        },
        "Target": {
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "Properties": {"MinCapacity": 1},
        },
    }
    assert deploy_resources(instance, tmp_path, "accepted", resources) == "CREATE_COMPLETE"


def test_mapped_conditions_look_a_parameter_up(instance: Instance, tmp_path: Path) -> None:
    made = {"Fn::Equals": [{"Fn::FindInMap": ["Kinds", {"Ref": "Kind"}, "Made"]}, "yes"]}
    log = {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/mapped"}}
    template = {
        "Parameters": {"Kind": {"Type": "String"}},
        "Mappings": {"Kinds": {"one": {"Made": "yes"}, "other": {"Made": "no"}}},
        "Conditions": {"IsMade": {"Fn::Not": [{"Fn::Not": [made]}]}},
        "Resources": {
            "Mapped": {**log, "Condition": "IsMade"},
            "Always": {**log, "Properties": {"LogGroupName": {"Fn::Sub": "/always/${Kind}"}}},
        },
    }
    file = tmp_path / "mapped.json"
    file.write_text(json.dumps(template))
    for kind, found in (("other", 0), ("one", 1)):
        words = ("cloudformation", "deploy", "--stack-name", "mapped", "--template-file", str(file))
        instance.aws(*words, "--parameter-overrides", f"Kind={kind}")
        groups = instance.aws("logs", "describe-log-groups", "--log-group-name-prefix", "/mapped")
        assert len(groups["logGroups"]) == found
