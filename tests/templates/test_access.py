"""Who may call, through which door: what the template makes for each choice."""

from typing import Any

import pytest

from pipeline.errors import SettingsError
from pipeline.model.combinations import check_in_stage
from pipeline.model.concurrency import DEFAULT_CONCURRENCY
from pipeline.model.settings import SETTINGS, settings
from tests.templates.evaluated import Evaluated
from tests.templates.translated import template

JWT = {"JWT_ISSUER": "https://issuer.example.com", "JWT_AUDIENCE": "model"}
FIREWALL = "arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/one/id"
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/id"
DOMAIN = {"DOMAIN_NAME": "api.example.com", "CERTIFICATE_ARN": CERTIFICATE}
# Doors and who may call: all that go together.
ACCESS = [
    *(("rest", auth) for auth in ("none", "key", "iam")),
    *(("http", auth) for auth in ("none", "iam", "jwt")),
    *(("url", auth) for auth in ("none", "iam")),
]
ANY_METHOD = "x-amazon-apigateway-any-method"
DOORS = {"rest": "AWS::ApiGateway::RestApi", "http": "AWS::ApiGatewayV2::Api"}
DOORS["url"] = "AWS::Lambda::Url"


def evaluated(stage: str = "dev", **values: str) -> Evaluated:
    """The template with settings by their names in model.env."""
    parameters = {one.name: one.parameter for one in SETTINGS}
    return Evaluated(Stage=stage, **{parameters[name]: value for name, value in values.items()})


def of_type(made: Evaluated, resource_type: str) -> list[dict[str, Any]]:
    return [
        one.get("Properties", {})
        for one in made.resources().values()
        if one["Type"] == resource_type
    ]


def security(made: Evaluated, method: str) -> list[Any]:
    """What API Gateway asks of a method."""
    (api,) = of_type(made, "AWS::ApiGateway::RestApi")
    root, below = (api["Body"]["paths"][path] for path in ("/", "/{proxy+}"))
    assert root == {ANY_METHOD: below[ANY_METHOD]}
    found: list[Any] = below[method].get("security", [])
    return found


@pytest.mark.parametrize(("door", "auth"), ACCESS)
def test_a_stage_has_its_door_alone_and_the_function_admits_no_other(door: str, auth: str) -> None:
    made = evaluated(DOOR=door, AUTH=auth, **JWT)
    assert not made.broken_rules()
    types = {one["Type"] for one in made.resources().values()}
    assert types & set(DOORS.values()) == {DOORS[door]}
    permissions = of_type(made, "AWS::Lambda::Permission")
    assert all(one["FunctionName"] == {"Ref": "FunctionAliaslive"} for one in permissions)
    if door == "url":
        assert len(permissions) == (2 if auth == "none" else 0)
    else:
        (permission,) = permissions
        name = {"rest": "${Api}", "http": "${HttpApi}"}[door]
        assert permission["SourceArn"]["Fn::Sub"].endswith(f":{name}/*")


@pytest.mark.parametrize("auth", ["none", "key", "iam"])
@pytest.mark.parametrize("page", ["open", "closed"])
def test_a_rest_api_asks_for_what_auth_says_and_shows_its_page_where_that_is_open(
    auth: str, page: str
) -> None:
    made = evaluated("prod", AUTH=auth, PAGE=page)
    wanted: list[Any] = [] if auth == "none" else [{auth: []}]
    assert security(made, ANY_METHOD) == wanted
    assert security(made, "get") == ([] if page == "open" else wanted)
    assert security(made, "options") == []
    assert len(of_type(made, "AWS::ApiGateway::UsagePlanKey")) == (auth == "key")


def test_other_accounts_are_refused_where_requests_are_signed_and_iam_decides_of_this_one() -> None:
    (api,) = of_type(evaluated(AUTH="iam"), "AWS::ApiGateway::RestApi")
    (statement,) = api["Body"]["x-amazon-apigateway-policy"]["Statement"]
    assert statement["Effect"] == "Deny"
    account = {"Ref": "AWS::AccountId"}
    assert statement["Condition"] == {"StringNotEquals": {"aws:PrincipalAccount": account}}


@pytest.mark.parametrize(("auth", "kind"), [("none", "NONE"), ("iam", "AWS_IAM"), ("jwt", "JWT")])
def test_an_http_api_asks_on_its_default_route(auth: str, kind: str) -> None:
    made = evaluated("prod", DOOR="http", AUTH=auth, **JWT)
    routes = {one["RouteKey"]: one for one in of_type(made, "AWS::ApiGatewayV2::Route")}
    assert routes["$default"]["AuthorizationType"] == kind
    assert routes["OPTIONS /{proxy+}"]["AuthorizationType"] == "NONE"
    assert "GET /{proxy+}" not in routes
    authorizers = of_type(made, "AWS::ApiGatewayV2::Authorizer")
    assert ("AuthorizerId" in routes["$default"]) == bool(authorizers) == (auth == "jwt")


def test_a_url_is_open_to_all_or_to_who_signs() -> None:
    for auth, kind in (("none", "NONE"), ("iam", "AWS_IAM")):
        (url,) = of_type(evaluated(DOOR="url", AUTH=auth), "AWS::Lambda::Url")
        assert (url["AuthType"], url["Qualifier"]) == (kind, "live")


@pytest.mark.parametrize("door", ["rest", "http", "url"])
def test_prod_is_not_open_by_default_and_dev_is(door: str) -> None:
    assert evaluated("dev", DOOR=door).outputs()["Auth"] == "none"
    for stage in ("stage", "prod"):
        auth = evaluated(stage, DOOR=door).outputs()["Auth"]
        assert auth == {"rest": "key"}.get(door, "iam")
        same = evaluated(stage, DOOR=door, AUTH=auth)
        assert same.resources() == evaluated(stage, DOOR=door).resources()


def test_prod_is_bounded_by_default_and_the_pipeline_knows_by_how_much() -> None:
    defaults = template("template.yaml")["Mappings"]["Defaults"]
    bounds = {stage: one["ReservedConcurrency"] for stage, one in defaults.items()}
    assert {stage: one for stage, one in bounds.items() if one != "none"} == DEFAULT_CONCURRENCY
    for value, wanted in (("", "20"), ("7", "7"), ("none", None)):
        (function,) = of_type(
            evaluated("prod", RESERVED_CONCURRENCY=value), "AWS::Lambda::Function"
        )
        assert function.get("ReservedConcurrentExecutions") == wanted


def test_a_key_is_an_output_by_its_id_alone() -> None:
    assert evaluated(AUTH="key").outputs()["KeyId"] == {"Ref": "Key"}
    assert "KeyId" not in evaluated(AUTH="iam").outputs()


def test_a_domain_of_ones_own_and_a_firewall_stand_before_the_api() -> None:
    made = evaluated(**DOMAIN, HOSTED_ZONE_ID="Z1", WEB_ACL_ARN=FIREWALL)
    assert not made.broken_rules()
    assert made.outputs()["ApiUrl"] == {"Fn::Sub": "https://${DomainName}${ApiPath}"}
    assert of_type(made, "AWS::ApiGateway::BasePathMapping")[0]["RestApiId"] == {"Ref": "Api"}
    assert of_type(made, "AWS::Route53::RecordSet") and of_type(
        made, "AWS::WAFv2::WebACLAssociation"
    )
    http = evaluated(DOOR="http", **DOMAIN)
    assert of_type(http, "AWS::ApiGatewayV2::ApiMapping")
    assert not of_type(http, "AWS::Route53::RecordSet")


WRONG = [
    {"DOOR": "http", "AUTH": "key"},
    {"DOOR": "url", "AUTH": "key"},
    {"AUTH": "jwt", **JWT},
    {"DOOR": "http", "AUTH": "jwt"},
    {"DOOR": "http", "AUTH": "jwt", "JWT_ISSUER": JWT["JWT_ISSUER"]},
    {"DOOR": "http", "WEB_ACL_ARN": FIREWALL},
    {"DOOR": "url", **DOMAIN},
    {"DOMAIN_NAME": "api.example.com"},
    {"TIMEOUT": "30"},
    {"DOOR": "http", "TIMEOUT": "900"},
    {"SNAPSTART": "on", "PROVISIONED_CONCURRENCY": "1"},
    {"SNAPSTART": "on", "EPHEMERAL_STORAGE_SIZE": "1024"},
    {"PROVISIONED_MAX": "5"},
    {"PROVISIONED_CONCURRENCY": "1", "PROVISIONED_MAX": "5", "PROVISIONED_START": "rate(1 day)"},
    {"PROVISIONED_START": "rate(1 day)", "PROVISIONED_END": "rate(2 days)"},
]


@pytest.mark.parametrize("values", WRONG, ids=lambda values: " ".join(values))
def test_what_does_not_go_together_is_refused_by_the_pipeline_and_the_template(
    values: dict[str, str],
) -> None:
    with pytest.raises(SettingsError):
        settings(values, {})
    assert evaluated(**values).broken_rules()


def test_cold_starts_cost_nothing_before_it_is_asked_for() -> None:
    made = evaluated().resources()
    assert "SnapStart" not in made["Function"]["Properties"]
    assert "ProvisionedConcurrencyConfig" not in made["FunctionAliaslive"]["Properties"]
    assert not {"Growth", "GrowthPolicy"} & set(made)


def test_ready_environments_grow_and_come_by_a_schedule() -> None:
    office = {"PROVISIONED_START": "cron(0 7 ? * MON-FRI *)", "PROVISIONED_END": "rate(1 day)"}
    made = evaluated(PROVISIONED_CONCURRENCY="2", PROVISIONED_MAX="9", **office).resources()
    ready = made["FunctionAliaslive"]["Properties"]["ProvisionedConcurrencyConfig"]
    assert ready == {"ProvisionedConcurrentExecutions": "2"}
    start, end = made["Growth"]["Properties"]["ScheduledActions"]
    assert start["ScalableTargetAction"] == {"MinCapacity": "2", "MaxCapacity": "9"}
    assert end["ScalableTargetAction"] == {"MinCapacity": 0, "MaxCapacity": 0}
    on = evaluated(SNAPSTART="on").resources()["Function"]["Properties"]["SnapStart"]
    assert on == {"ApplyOn": "PublishedVersions"}


def test_an_open_url_without_a_bound_is_refused_in_prod_alone() -> None:
    values = {"DOOR": "url", "AUTH": "none", "RESERVED_CONCURRENCY": "none"}
    with pytest.raises(SettingsError, match="RESERVED_CONCURRENCY"):
        check_in_stage("prod", values)
    check_in_stage("dev", values)
    assert evaluated("prod", **values).broken_rules()
    assert not evaluated("dev", **values).broken_rules()
    assert not evaluated("prod", **{**values, "RESERVED_CONCURRENCY": "5"}).broken_rules()


def test_a_url_waits_for_a_quarter_of_an_hour() -> None:
    settings({"DOOR": "url", "TIMEOUT": "900"}, {})
    assert not evaluated(DOOR="url", TIMEOUT="900").broken_rules()
