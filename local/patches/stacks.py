"""CloudFormation: what a stack does when it is created, changed and deleted."""

from contextvars import ContextVar
from typing import Any

from ministack.services import cloudformation, s3
from ministack.services.cloudformation import changesets, engine, handlers, provisioners, stacks
from samtranslator.translator import transform

from local.state import State

Data = dict[str, Any]
_values: ContextVar[Data] = ContextVar("_values")
BUCKET = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
BLOCKED = ("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED")
DONE = ("EXECUTE_COMPLETE", "EXECUTE_FAILED", "UNAVAILABLE", "OBSOLETE")
KNOWN_TYPES = (
    "AWS::ApiGateway::ApiKey",
    "AWS::ApiGateway::BasePathMapping",
    "AWS::ApiGateway::Deployment",
    "AWS::ApiGateway::DomainName",
    "AWS::ApiGateway::RestApi",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGateway::UsagePlan",
    "AWS::ApiGateway::UsagePlanKey",
    "AWS::ApiGatewayV2::Api",
    "AWS::ApiGatewayV2::ApiMapping",
    "AWS::ApiGatewayV2::Authorizer",
    "AWS::ApiGatewayV2::DomainName",
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudWatch::Alarm",
    "AWS::ECR::Repository",
    "AWS::IAM::Role",
    "AWS::Lambda::Alias",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Url",
    "AWS::Lambda::Version",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::S3::BucketPolicy",
)
ACCEPTED_TYPES = (
    "AWS::ApplicationAutoScaling::ScalableTarget",
    "AWS::ApplicationAutoScaling::ScalingPolicy",
    "AWS::CloudWatch::Dashboard",
    "AWS::CodeDeploy::Application",
    "AWS::CodeDeploy::DeploymentGroup",
    "AWS::Logs::MetricFilter",
    "AWS::Route53::RecordSet",
    "AWS::SNS::Topic",
    "AWS::WAFv2::WebACLAssociation",
)


def transform_parameters(state: State) -> None:
    """The SAM transform sees the values of parameters.

    Else a version is published for the first image only: its name is a hash of the image's URI.
    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
    """
    apply, translate = engine._apply_transforms, transform.transform

    def apply_transforms(template: Data, provided: Any = None, previous: Any = None) -> Any:
        token = _values.set(engine._transform_parameters(template, provided, previous))
        try:
            return apply(template, provided, previous)
        finally:
            _values.reset(token)

    def transform_with_values(template: Data, _: Data, policies: Any) -> Any:
        return translate(template, dict(_values.get()), policies)

    transform.transform = transform_with_values
    for module in (engine, changesets, handlers):
        module._apply_transforms = apply_transforms


def mapped_conditions(state: State) -> None:
    """A condition may look a value up in a mapping, by parameters.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html
    """
    original = engine._evaluate_conditions

    def evaluate(template: Data, params: Data) -> Any:
        conditions = _looked_up(template.get("Conditions", {}), template, params)
        return original({**template, "Conditions": conditions}, params)

    for module in (engine, changesets, handlers, stacks):
        if hasattr(module, "_evaluate_conditions"):
            module._evaluate_conditions = evaluate


def _looked_up(node: Any, template: Data, params: Data) -> Any:
    if isinstance(node, list):
        return [_looked_up(one, template, params) for one in node]
    if not isinstance(node, dict):
        return node
    if "Fn::FindInMap" not in node:
        return {key: _looked_up(one, template, params) for key, one in node.items()}
    value = template["Mappings"]
    for key in node["Fn::FindInMap"]:
        value = value[params[key["Ref"]]["Value"] if isinstance(key, dict) else key]
    return value


def blocked_updates(state: State) -> None:
    """A stack that rolled back its creation, or that is busy, cannot be updated.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
    """
    original = handlers._ACTION_HANDLERS["CreateChangeSet"]

    def create_change_set(params: Data) -> Any:
        stack = handlers._resolve_stack(handlers._p(params, "StackName")) or {}
        status = stack.get("StackStatus", "REVIEW_IN_PROGRESS")
        is_blocked = status.endswith("_IN_PROGRESS") or status in BLOCKED
        if not is_blocked or status == "REVIEW_IN_PROGRESS":
            return original(params)
        message = f"Stack:{stack['StackId']} is in {status} state and can not be updated."
        return handlers._error("ValidationError", message)

    handlers._ACTION_HANDLERS["CreateChangeSet"] = create_change_set


def names_of_change_sets(state: State) -> None:
    """The name of a change set that is done may be used again.

    AWS keeps it taken, but there a deployment takes longer than a second, and the AWS CLI's names
    count seconds; here two deployments are done within one.
    """
    original = handlers._ACTION_HANDLERS["CreateChangeSet"]

    def create_change_set(params: Data) -> Any:
        named = (handlers._p(params, "ChangeSetName"), handlers._p(params, "StackName"))
        for key, one in list(cloudformation._change_sets.items()):
            if (one["ChangeSetName"], one["StackName"]) == named and one["ExecutionStatus"] in DONE:
                cloudformation._change_sets.pop(key)
        return original(params)

    handlers._ACTION_HANDLERS["CreateChangeSet"] = create_change_set


def buckets_with_objects(state: State) -> None:
    """A bucket that holds objects, or versions of some, is not deleted with its stack.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html
    """
    original = BUCKET["delete"]

    def delete(name: str, props: Data) -> None:
        status, _, _ = s3._delete_bucket(name)
        if status == 409:
            raise ValueError(
                "The bucket you tried to delete is not empty (Service: S3, Status Code: 409)"
            )
        original(name, props)

    BUCKET["delete"] = delete


def accepted_types(state: State) -> None:
    """Autoscaling, firewalls, names, counts of lines: what these do is not reproduced.

    Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html
    """
    for resource_type in ACCEPTED_TYPES:
        provisioners._RESOURCE_HANDLERS.setdefault(resource_type, ACCEPTED)


def known_types(state: State) -> None:
    """A stack holds what the templates of this project hold; any other resource is refused.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-template-resource-type-ref.html
    """
    for other in set(provisioners._RESOURCE_HANDLERS) - {*KNOWN_TYPES, *ACCEPTED_TYPES}:
        del provisioners._RESOURCE_HANDLERS[other]

    def refuse(logical_id: str, props: Data, stack_name: str, resource_type: str) -> Any:
        raise ValueError(f"Unsupported resource type: {resource_type}")

    provisioners._custom_resource_create = refuse


def _accept(logical_id: str, props: Data, stack_name: str) -> tuple[str, Data]:
    return f"{stack_name}-{logical_id}", {}


def _keep(physical_id: str, old: Data, new: Data, stack_name: str) -> tuple[str, Data]:
    return physical_id, {}


def _forget(physical_id: str, props: Data) -> None:
    """Nothing was made."""


ACCEPTED = {"create": _accept, "update": _keep, "delete": _forget}
