"""IAM's actions as AWS lists them, in the data of cfn-lint, and the resources of one stage.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/
"""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from tests.ci.policies import ACCOUNT, REGION

DATA = files("cfnlint.data")
ACTIONS: dict[str, Any] = json.loads(
    DATA.joinpath("AdditionalSpecs", "Policies.json").read_text(encoding="utf-8")
)
HERE = f"{REGION}:{ACCOUNT}"
GATEWAY = f"arn:aws:apigateway:{REGION}::"
RESOURCES = {
    "cloudformation": [
        f"arn:aws:cloudformation:{HERE}:stack/my-model-registry-dev/6f0c1d2e",
        f"arn:aws:cloudformation:{HERE}:stack/my-model-lambda-dev/6f0c1d2e",
    ],
    "ecr": [f"arn:aws:ecr:{HERE}:repository/my-model-dev"],
    "kms": [f"arn:aws:kms:{HERE}:key/6f0c1d2e"],
    "s3": [f"arn:aws:s3:::my-model-dev-{ACCOUNT}"],
    "iam": [f"arn:aws:iam::{ACCOUNT}:role/my-model-lambda-dev-Role-1A2B3C4D5E6F"],
    "lambda": [
        f"arn:aws:lambda:{HERE}:function:my-model-dev",
        f"arn:aws:lambda:{HERE}:function:my-model-dev:live",
    ],
    "logs": [
        f"arn:aws:logs:{HERE}:log-group:/aws/lambda/my-model-dev",
        f"arn:aws:logs:{HERE}:log-group:/aws/lambda/my-model-dev:*",
    ],
    "cloudwatch": [f"arn:aws:cloudwatch:{HERE}:alarm:my-model-lambda-dev-ErrorAlarm-1A2B3C4D"],
}
# Where AWS checks another resource than that of the request.
OTHERS = {
    "cloudwatch:DescribeAlarms": [f"arn:aws:cloudwatch:{HERE}:alarm:*"],
}
GATEWAY_PATHS = {
    "AWS::ApiGateway::RestApi": ["/restapis", "/restapis/a1b2c3"],
    "AWS::ApiGateway::Deployment": [
        "/restapis/a1b2c3/deployments",
        "/restapis/a1b2c3/deployments/d4e5f6",
    ],
    "AWS::ApiGateway::ApiKey": ["/apikeys", "/apikeys/a1b2c3"],
    "AWS::ApiGateway::UsagePlan": ["/usageplans", "/usageplans/a1b2c3"],
    "AWS::ApiGateway::UsagePlanKey": [
        "/usageplans/a1b2c3/keys",
        "/usageplans/a1b2c3/keys/d4e5f6",
    ],
    "AWS::ApiGateway::Stage": ["/restapis/a1b2c3/stages", "/restapis/a1b2c3/stages/dev"],
}

Need = tuple[str, str]  # an action on a resource


def is_known(action: str) -> bool:
    """Whether IAM has an action; schemas also name some that it has not."""
    service, _, name = action.partition(":")
    return name.lower() in ACTIONS.get(service, {}).get("Actions", {})


def kinds(action: str) -> list[str]:
    """The kinds of resources that an action can be allowed on; none where it is on all or none."""
    service, _, name = action.partition(":")
    found: list[str] = ACTIONS[service]["Actions"][name.lower()].get("Resources", [])
    return found


def needs(action: str, resource_type: str = "") -> Iterator[Need]:
    """The resources of the stage that an action is needed on.

    Args:
        action: as `s3:GetObject`.
        resource_type: for API Gateway, whose resources are paths, the type in a template.
    """
    service = action.partition(":")[0]
    if not kinds(action):
        found = ["*"]
    elif service == "apigateway":
        found = [GATEWAY + path for path in GATEWAY_PATHS[resource_type]]
        if action.endswith(":DELETE"):
            found = found[-1:]  # a collection cannot be deleted
    elif service == "s3" and "bucket" not in kinds(action):
        found = [f"{RESOURCES['s3'][0]}/sam_templates/my-model-lambda/releases/one.json"]
    else:
        assert service in RESOURCES, f"say in tests/ci/actions.py what {action} is needed on"
        found = OTHERS.get(action, RESOURCES[service])
        if action == "lambda:DeleteFunction" and not resource_type:
            found = found[1:]  # of the pipeline's own calls: old versions alone
    yield from ((action, resource) for resource in found)
