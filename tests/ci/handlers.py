"""The permissions that CloudFormation needs for the resources of the project's templates.

Its schemas name them for the handlers of each resource type; cfn-lint carries the schemas.

Source: https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

import json
from collections.abc import Iterator
from typing import Any

from tests.ci.actions import DATA, GATEWAY, Need, is_known, needs
from tests.ci.policies import BOUNDARY
from tests.templates.evaluated import Evaluated
from tests.templates.translated import Value, template

# Permissions that only these properties need; a property counts as used wherever its name stands.
# A service alone stands for all of its permissions.
ONLY_FOR: dict[str, dict[str, list[str]]] = {
    "AWS::S3::Bucket": {
        "AbacStatus": ["s3:PutBucketAbac"],
        "AccelerateConfiguration": ["s3:PutAccelerateConfiguration"],
        "AccessControl": ["s3:GetBucketAcl", "s3:PutBucketAcl", "s3:PutObjectAcl"],
        "AnalyticsConfigurations": ["s3:PutAnalyticsConfiguration"],
        "CorsConfiguration": ["s3:PutBucketCORS"],
        "IntelligentTieringConfigurations": ["s3:PutIntelligentTieringConfiguration"],
        "InventoryConfigurations": ["s3:PutInventoryConfiguration"],
        "LoggingConfiguration": ["s3:PutBucketLogging"],
        "MetadataConfiguration": [
            "s3tables",
            "s3:CreateBucketMetadataTableConfiguration",
            "s3:DeleteBucketMetadataTableConfiguration",
            "s3:UpdateBucketMetadataAnnotationTableConfiguration",
            "s3:UpdateBucketMetadataInventoryTableConfiguration",
            "s3:UpdateBucketMetadataJournalTableConfiguration",
        ],
        "MetricsConfigurations": ["s3:PutMetricsConfiguration"],
        "NotificationConfiguration": ["s3:PutBucketNotification"],
        "ObjectLockConfiguration": ["s3:PutBucketObjectLockConfiguration"],
        "ReplicationConfiguration": ["s3:PutReplicationConfiguration", "iam:PassRole"],
        "WebsiteConfiguration": ["s3:PutBucketWebsite", "s3:DeleteBucketWebsite"],
    },
    "AWS::IAM::Role": {
        "ManagedPolicyArns": ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
        "PermissionsBoundary": ["iam:PutRolePermissionsBoundary"],
        "Tags": ["iam:TagRole", "iam:UntagRole", "iam:ListRoleTags"],
    },
    "AWS::Logs::LogGroup": {
        "BearerTokenAuthenticationEnabled": ["logs:PutBearerTokenAuthentication"],
        "DataProtectionPolicy": ["logs:PutDataProtectionPolicy", "logs:DeleteDataProtectionPolicy"],
        "DeletionProtectionEnabled": ["logs:PutLogGroupDeletionProtection"],
        "FieldIndexPolicies": ["logs:PutIndexPolicy", "logs:DeleteIndexPolicy"],
        "KmsKeyId": ["logs:AssociateKmsKey", "logs:DisassociateKmsKey"],
        "LogGroupClass": ["logs:CreateLogDelivery", "firehose"],
        "ResourcePolicyDocument": ["logs:PutResourcePolicy", "logs:DeleteResourcePolicy"],
    },
    "AWS::Lambda::Function": {
        "CapacityProviderConfig": ["lambda:PassCapacityProvider"],
        "CodeSigningConfigArn": [
            "lambda:GetCodeSigningConfig",
            "lambda:PutFunctionCodeSigningConfig",
            "lambda:DeleteFunctionCodeSigningConfig",
        ],
        "FileSystemConfigs": ["elasticfilesystem", "s3files"],
        "FunctionScalingConfig": ["lambda:PutFunctionScalingConfig"],
        "KmsKeyArn": ["kms"],
        "Layers": ["lambda:GetLayerVersion"],
        "RecursiveLoop": ["lambda:PutFunctionRecursionConfig"],
        "ReservedConcurrentExecutions": [
            "lambda:PutFunctionConcurrency",
            "lambda:DeleteFunctionConcurrency",
        ],
        "RuntimeManagementConfig": ["lambda:PutRuntimeManagementConfig"],
        "S3Bucket": ["s3"],
        "VpcConfig": ["ec2"],
    },
    "AWS::Lambda::Version": {
        "FunctionScalingConfig": ["lambda:PutFunctionScalingConfig"],
        "ProvisionedConcurrencyConfig": ["lambda:PutProvisionedConcurrencyConfig"],
        "RuntimePolicy": ["lambda:PutRuntimeManagementConfig"],
    },
    "AWS::Lambda::Alias": {
        "CodeDeployLambdaAliasUpdate": ["codedeploy"],
        "ProvisionedConcurrencyConfig": [
            "lambda:PutProvisionedConcurrencyConfig",
            "lambda:DeleteProvisionedConcurrencyConfig",
        ],
    },
    "AWS::ApiGateway::RestApi": {
        "BodyS3Location": ["s3"],
        "credentials": ["iam"],
        "x-amazon-apigateway-policy": ["apigateway:UpdateRestApiPolicy"],
    },
}
# Permissions that the templates never need, and why.
NEVER = {
    ("AWS::S3::Bucket", "s3:DeleteObject"): "a new bucket is empty",
    ("AWS::IAM::Role", "iam:DeleteRolePermissionsBoundary"): "the deployer's bound is to stay",
    ("AWS::Logs::LogGroup", "logs:DeleteRetentionPolicy"): "RetentionInDays always has a value",
}
# What updates delete of these is tags, which have a path of their own.
DELETES_TAGS = {"AWS::ApiGateway::RestApi", "AWS::ApiGateway::Stage"}
# Types of which an update makes another one and deletes the first, for the reason that stands here.
REPLACED = {"AWS::ApiGateway::Deployment": "SAM names it by a hash of the API's text"}


def resources() -> Iterator[Value]:
    """The resources of both stacks that are made where nothing else was asked for, in each stage.

    Doors of another kind, shifts, domains and what else only settings ask for need more: a role
    that deploys them is yours to widen (docs/ci-cd.md).
    """
    yield from template("registry.yaml")["Resources"].values()
    for stage in ("dev", "prod"):
        made = Evaluated(Stage=stage, PermissionsBoundary=BOUNDARY)
        yield from made.resources().values()


def deploying() -> set[Need]:
    """What deploying needs: to make, read and update each resource, and what updates delete."""
    return {need for one in resources() for need in _needs(one, ("create", "read", "update"))} | {
        need
        for one in resources()
        if _is_replaced(one["Type"])
        for need in _needs(one, ("delete",))
    }


def deleting() -> set[Need]:
    """What deleting the stacks needs."""
    return {need for one in resources() for need in _needs(one, ("delete",))}


def _is_replaced(resource_type: str) -> bool:
    return resource_type in REPLACED or "update" not in schema(resource_type)["handlers"]


def _needs(resource: Value, handlers: tuple[str, ...]) -> Iterator[Need]:
    kind, unused = resource["Type"], _unused(resource)
    found = schema(kind)
    for handler in handlers:
        for action in found["handlers"].get(handler, {}).get("permissions", []):
            service = action.partition(":")[0]
            is_needed = is_known(action) and not {action, service} & unused
            is_of_tags = (handler, action) == (
                "update",
                "apigateway:DELETE",
            ) and kind in DELETES_TAGS
            if is_needed and not is_of_tags and (kind, action) not in NEVER:
                yield from needs(action, kind)
    if found.get("tagging", {}).get("cloudFormationSystemTags") and "create" in handlers:
        yield from _tagging(kind, found["tagging"]["permissions"])


def _tagging(kind: str, permissions: list[str]) -> Iterator[Need]:
    """What CloudFormation needs for the tags that it gives to each resource of a stack."""
    for action in filter(is_known, permissions):
        if action.startswith("apigateway:"):
            path = "/tags/arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Frestapis%2Fa1b2c3"
            yield action, GATEWAY + path
        else:
            yield from needs(action, kind)


def _unused(resource: Value) -> set[str]:
    used = set(_names(resource))
    table = ONLY_FOR.get(resource["Type"], {})
    needed = {one for name in table.keys() & used for one in table[name]}
    return {one for some in table.values() for one in some} - needed


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, more in value.items():
            yield name
            yield from _names(more)
    elif isinstance(value, list):
        for more in value:
            yield from _names(more)


def schema(resource_type: str) -> Value:
    """The schema of a resource type."""
    folder = DATA.joinpath("schemas")
    places = json.loads(folder.joinpath("providers", "us-east-1.json").read_text())
    text = folder.joinpath("resources", f"{places[resource_type]}.json").read_text()
    found: Value = json.loads(text)
    return found
