"""Tell which events are no requests; imported when one looks so.

A queue or a stream takes any answer for success, and deletes what it sent: such an event must make
the function fail. Authorizers and WebSockets look like HTTP, and are not.

Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-services.html, and the pages of each
service that it leads to.
"""

from typing import Any, NoReturn

from serving.errors import NotARequest

# An event is of the kind whose keys it all has.
KINDS = {
    "a WebSocket API": ("requestContext.connectionId",),
    "an API Gateway authorizer": ("type", "methodArn"),
    "an API Gateway authorizer of an HTTP API": ("type", "routeArn"),
    "Amazon EventBridge": ("detail-type", "source", "detail"),
    "Amazon CloudWatch Logs": ("awslogs",),
    "an Amazon CloudWatch alarm": ("alarmArn", "alarmData"),
    "Amazon Data Firehose": ("deliveryStreamArn", "records"),
    "a Lambda destination": ("requestContext", "requestPayload"),
    "Amazon Cognito": ("triggerSource", "userPoolId"),
    "AWS CloudFormation": ("RequestType", "ResponseURL", "StackId"),
    "AWS Config": ("invokingEvent", "configRuleName"),
    "AWS CodePipeline": ("CodePipeline.job",),
    "AWS Secrets Manager": ("SecretId", "ClientRequestToken", "Step"),
    "Amazon S3 Batch Operations": ("invocationSchemaVersion", "tasks"),
    "Amazon S3 Object Lambda": ("userRequest", "xAmzRequestId"),
    "Amazon Connect": ("Details", "Name"),
    "Amazon Lex": ("bot", "sessionId"),
    "Amazon Lex, version 1,": ("bot", "currentIntent"),
    "Amazon Bedrock": ("messageVersion", "agent"),
    "Alexa": ("session", "request", "version"),
    "AWS AppSync": ("info", "identity", "stash"),
    "AWS Amplify": ("typeName", "fieldName"),
    "Amazon Cognito Sync": ("identityPoolId", "datasetName"),
    "Amazon Kinesis Data Analytics": ("applicationArn", "records"),
    "AWS CodeDeploy": ("DeploymentId", "LifecycleEventHookExecutionId"),
    "an AWS IoT button": ("clickType", "serialNumber"),
    "an AWS IoT 1-Click device": ("deviceEvent", "deviceInfo"),
    "an AWS IoT authorizer": ("protocolData", "connectionMetadata"),
    "AWS IoT provisioning": ("claimCertificateId", "templateArn"),
    "AWS Client VPN": ("connection-id", "endpoint-id"),
    "an Amazon CloudWatch dashboard": ("widgetContext",),
    "an AWS AppSync authorizer": ("authorizationToken", "requestContext"),
}
SOURCES = ("eventSource", "EventSource", "cf")  # of a record: an upper-case one is SNS's


def check(event: Any) -> None:
    """Refuse an event of a service that expects no answer, or another one than a model's.

    Args:
        event: a mapping, or a list of such.

    Raises:
        NotARequest: it is such an event; the message names the service.
    """
    first = event[0] if isinstance(event, list) else event
    for kind, keys in KINDS.items():
        if all(map(_paths(first).__contains__, keys)):
            _refuse(kind)
    records = first.get("Records")
    first = records[0] if isinstance(records, list) and records else first
    for key in SOURCES if isinstance(first, dict) else ():
        if key in first:
            _refuse("Amazon CloudFront" if key == "cf" else str(first[key])[:100])


def _paths(event: dict[str, Any]) -> set[str]:
    context = event.get("requestContext")
    below = context if isinstance(context, dict) else {}
    return {*event, *(f"requestContext.{key}" for key in below)}


def _refuse(kind: str) -> NoReturn:
    raise NotARequest(
        f"the event is from {kind}: this function answers HTTP requests and direct calls alone."
        " Remove the trigger, or put a function between that makes a request of each record"
    )
