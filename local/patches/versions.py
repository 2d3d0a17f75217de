"""Lambda: versions, which are published only of functions that have changed."""

from typing import Any
from uuid import uuid4

from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

from local.state import State

Data = dict[str, Any]
VERSION = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Version"]
# What of a configuration is neither code nor set by anybody.
NAMES = ("FunctionArn", "LastModified", "RevisionId", "Version")
STATES = ("State", "LastUpdateStatus")


def unchanged_functions(state: State) -> None:
    """A stack's new version of a function that is as its last version fails, in Lambda's words.

    ministack takes each update for a change: what was rolled back could be deployed again.
    Source: https://github.com/aws/aws-cdk/issues/35540 and
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-version.html
    """
    create = VERSION["create"]

    def create_resource(logical_id: str, props: Data, stack_name: str) -> Any:
        if arn := _same_version(props["FunctionName"]):
            raise ValueError(
                f'Resource handler returned message: "Version already exists: [{arn}]. Please'
                " modify the function to create a new version. (Service: Lambda, Status Code: 409,"
                f' Request ID: {uuid4()})" (RequestToken: {uuid4()}, HandlerErrorCode:'
                " AlreadyExists)"
            )
        return create(logical_id, props, stack_name)

    VERSION["create"] = create_resource


def _same_version(name: str) -> str:
    """The ARN of a function's last version, if that is the function as it is now."""
    function = lambda_svc._functions.get(name) or {"versions": {}}
    latest = max(function["versions"], key=int, default=None)
    if latest is None:
        return ""
    version = function["versions"][latest]["config"]
    return str(version["FunctionArn"]) if _content(version) == _content(function["config"]) else ""


def _content(config: Data) -> Data:
    return {
        name: value
        for name, value in config.items()
        if name not in NAMES and not name.startswith(STATES)
    }
