"""What API Gateway answers in place of the model, as SAM hands it to API Gateway."""

import json
import re
from typing import Any

import pytest

from pipeline.loop.events import FAILURE, TOO_LONG
from serving.responses import KINDS
from tests.templates.translated import of_type, translated

MADE = translated()
(API,) = of_type(MADE, "AWS::ApiGateway::RestApi").values()
RESPONSES: dict[str, Any] = API["Body"]["x-amazon-apigateway-gateway-responses"]
# Its types, but for those of authorizers, signatures, validators and integrations with templates:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
TYPES = {
    *("DEFAULT_4XX", "ACCESS_DENIED", "INVALID_API_KEY", "MISSING_AUTHENTICATION_TOKEN"),
    *("WAF_FILTERED", "REQUEST_TOO_LARGE", "THROTTLED", "QUOTA_EXCEEDED"),
    *("DEFAULT_5XX", "INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT"),
}
# What API Gateway puts for the variable: a string of JSON, in its quotes.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-variables-for-access-logging.html
WORDS = {"$context.error.messageString": json.dumps('no "quotes"\n')}


def message_of(kind: str) -> str:
    """The message that a caller reads."""
    ((content_type, template),) = RESPONSES[kind]["responseTemplates"].items()
    assert content_type == "application/json"
    filled = re.sub(r"\$[\w.]+", lambda found: WORDS[found[0]], template)
    body = json.loads(filled)
    assert [*body] == ["message"]
    message: str = body["message"]
    return message


def test_each_type_that_this_api_can_have_says_what_would_be_right() -> None:
    assert set(RESPONSES) == TYPES
    own = {kind: message_of(kind) for kind in TYPES - {"DEFAULT_4XX"}}
    assert len(set(own.values())) == len(own)
    assert all(re.search(r": \w+|\. Send ", message) for message in own.values())
    assert message_of("DEFAULT_4XX") == 'no "quotes"\n'


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_each_keeps_its_status_and_names_the_first_origin_that_may_ask_if_any(kind: str) -> None:
    assert "statusCode" not in RESPONSES[kind]
    ((name, value),) = RESPONSES[kind]["responseParameters"].items()
    assert name == "gatewayresponse.header.Access-Control-Allow-Origin"
    condition, origin, otherwise = value["Fn::If"]
    assert (condition, otherwise) == ("HasCorsOrigins", {"Ref": "AWS::NoValue"})
    text, values = origin["Fn::Sub"]
    assert text == "'${First}'"  # API Gateway wants quotes around what is no expression
    assert values["First"] == {"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "CorsOrigins"}]}]}
    assert MADE["Conditions"]["HasCorsOrigins"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "CorsOrigins"}, ""]}]
    }


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Forbidden", "ACCESS_DENIED"),
        ("TooLarge", "REQUEST_TOO_LARGE"),
        ("TooManyRequests", "THROTTLED"),
        ("Died", "DEFAULT_5XX"),
        ("TooSlow", "INTEGRATION_TIMEOUT"),
    ],
)
def test_a_model_s_document_shows_the_same_sentence(name: str, kind: str) -> None:
    assert KINDS[name].example == message_of(kind)


def test_the_loop_says_the_same() -> None:
    assert (FAILURE, TOO_LONG) == (message_of("DEFAULT_5XX"), message_of("REQUEST_TOO_LARGE"))
