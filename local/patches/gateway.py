"""API Gateway: REST APIs made from an OpenAPI body, and what they make of an answer."""

import json
from typing import Any

from ministack.services import apigateway_v1 as gateway
from ministack.services.cloudformation import provisioners

from local.state import State

Data = dict[str, Any]
API = provisioners._RESOURCE_HANDLERS["AWS::ApiGateway::RestApi"]
ANY_METHOD = "x-amazon-apigateway-any-method"
ENVELOPE = {"statusCode", "headers", "multiValueHeaders", "isBase64Encoded", "body"}
# An answer of Lambda's may be 6 MB and the 100 bytes of its own that Lambda adds to them.
ANSWER_MAX_BYTES = 6 * 1024 * 1024 + 100
FAILURE = "Internal server error"


def any_method(state: State) -> None:
    """A path of an OpenAPI body may serve every method.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-any-method.html
    """
    original = gateway._import_path_item

    def import_path_item(api_id: str, path: str, item: Data, *rest: Any) -> None:
        methods = {"any" if key == ANY_METHOD else key: value for key, value in item.items()}
        original(api_id, path, methods, *rest)

    gateway._OPENAPI_HTTP_METHODS.add("any")
    gateway._import_path_item = import_path_item


def media_types(state: State) -> None:
    """A template's binary media types have their slashes escaped: `image~1jpeg`.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-restapi.html
    """
    create, update = API["create"], API["update"]

    def unescaped(props: Data) -> Data:
        types = [one.replace("~1", "/") for one in props.get("BinaryMediaTypes", [])]
        return {**props, "BinaryMediaTypes": types}

    def create_api(logical_id: str, props: Data, stack_name: str) -> Any:
        return create(logical_id, unescaped(props), stack_name)

    def update_api(api_id: str, old: Data, new: Data, *rest: str) -> Any:
        return update(api_id, unescaped(old), unescaped(new), *rest)

    API["create"], API["update"] = create_api, update_api


def same_api(state: State) -> None:
    """An API keeps its id, and so its URL, when its OpenAPI body changes.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-restapi.html
    """
    original = API["update"]

    def update(api_id: str, old: Data, new: Data, stack_name: str, logical_id: str) -> Any:
        if old.get("Body") != new.get("Body"):
            _import_body(api_id, new["Body"])
        return original(api_id, {**old, "Body": new.get("Body")}, new, stack_name, logical_id)

    API["update"] = update


def _import_body(api_id: str, body: Data) -> None:
    """Replace the paths of an API with those of another OpenAPI body."""
    resources = gateway._resources[api_id]
    root = next(one for one in resources.values() if one["path"] == "/")
    resources.clear()
    resources[root["id"]] = {**root, "resourceMethods": {}}
    schemes = gateway._import_security_schemes(api_id, body)
    for path, item in body.get("paths", {}).items():
        gateway._import_path_item(api_id, path, item, schemes, body.get("security"))
    _import_answers(api_id, body)


def own_answers(state: State) -> None:
    """An OpenAPI body says what the API itself answers, such as to a call without a key.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-gateway-responses.html
    """
    original = gateway._import_rest_api

    def import_rest_api(body: Data, base: Any = None) -> Any:
        api_id = original(body, base)
        _import_answers(api_id, body)
        return api_id

    gateway._import_rest_api = provisioners._apigw_v1._import_rest_api = import_rest_api


def _import_answers(api_id: str, body: Data) -> None:
    for kind, answer in body.get("x-amazon-apigateway-gateway-responses", {}).items():
        parameters = {k: v for k, v in answer.get("responseParameters", {}).items() if v}
        gateway._put_gateway_response(api_id, kind, {**answer, "responseParameters": parameters})


def proxy_answers(state: State) -> None:
    """A function that fails, or answers something else than an HTTP answer, is a bare 502.

    Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
    """
    original = gateway._lambda_proxy_response

    def proxy_response(result: Data) -> tuple[Any, str | None]:
        if result.get("throttle"):
            throttled: tuple[Any, str | None] = original(result)
            return throttled
        answer = result.get("body")
        return (
            (answer, None) if not result.get("error") and _is_envelope(answer) else (None, FAILURE)
        )

    gateway._lambda_proxy_response = proxy_response


def _is_envelope(answer: Any) -> bool:
    if not isinstance(answer, dict) or not answer or set(answer) - ENVELOPE:
        return False
    if len(json.dumps(answer)) > ANSWER_MAX_BYTES:
        return False
    return str(answer.get("statusCode", 200)).isdigit()
