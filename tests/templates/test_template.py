import json

import pytest
import yaml
from samtranslator.yaml_helper import yaml_parse

from pipeline.cloud.template import MOST_BYTES, template_with
from tests.templates.evaluated import Evaluated
from tests.templates.translated import (
    REPOSITORY,
    Value,
    of_type,
    statements,
    template,
    translated,
)

MADE = translated()
ROLE = of_type(MADE, "AWS::IAM::Role")["Role"]
LOG_AND_TRACES = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
}


def allowed(**parameters: str) -> list[Value]:
    """What the function's role may do."""
    role = Evaluated(**parameters).resources()["Role"]["Properties"]
    return [one for policy in role["Policies"] for one in statements(policy["PolicyDocument"])]


def actions(some: list[Value]) -> set[str]:
    """The actions of statements."""
    return {action for one in some for action in one["Action"]}


def test_the_role_may_write_its_log_and_traces_and_nothing_else() -> None:
    assert actions(allowed()) == actions(allowed(RecordTo="b/c")) == LOG_AND_TRACES
    assert "ManagedPolicyArns" not in ROLE
    assert set(of_type(MADE, "AWS::IAM::Role")) == {"Role", "ShiftRole"}


def test_what_records_requests_may_write_them_and_nothing_else() -> None:
    more = allowed(RecordTo="bucket/recorded/models", RecordedRequests="10")
    assert actions(more) - LOG_AND_TRACES == {"s3:PutObject"}
    (statement,) = (one for one in more if "s3:PutObject" in one["Action"])
    assert statement["Resource"] == {"Fn::Sub": "arn:${AWS::Partition}:s3:::${RecordTo}/*"}


def test_what_has_its_model_outside_may_read_it_and_nothing_else() -> None:
    more = allowed(ModelUri="s3://bucket/a/b.ubj", ModelSha256="0" * 64)
    assert actions(more) - LOG_AND_TRACES == {"s3:GetObject"}
    (statement,) = (one for one in more if "s3:GetObject" in one["Action"])
    text, values = statement["Resource"]["Fn::Sub"]
    assert text == "arn:${AWS::Partition}:s3:::${Path}"
    index, split = values["Path"]["Fn::Select"]
    assert (index, split["Fn::Split"][0]) == (1, "s3://")


def test_only_x_ray_which_has_no_resources_is_allowed_on_all() -> None:
    every = allowed(RecordTo="bucket/recorded/models", RecordedRequests="10")
    on_all = [statement for statement in every if statement["Resource"] == "*"]
    assert {action.split(":")[0] for statement in on_all for action in statement["Action"]} == {
        "xray"
    }


def test_only_lambda_may_take_the_role() -> None:
    (statement,) = statements(ROLE["AssumeRolePolicyDocument"])
    assert statement["Principal"] == {"Service": "lambda.amazonaws.com"}


def test_a_new_key_publishes_a_version_since_its_description_is_another() -> None:
    """The pipeline derives VersionKey from every parameter: it changes with each of them."""
    version = of_type(MADE, "AWS::Lambda::Version")["Version"]
    assert "${VersionKey}" in version["Description"]["Fn::Sub"]
    assert MADE["Resources"]["Version"]["UpdateReplacePolicy"] == "Retain"


def test_the_alias_live_runs_the_published_version_or_keeps_the_one_that_it_is_told() -> None:
    (alias,) = of_type(MADE, "AWS::Lambda::Alias").values()
    newest = {"Fn::GetAtt": ["Version", "Version"]}
    assert alias["Name"] == "live"
    assert alias["FunctionVersion"] == {"Fn::If": ["IsKept", {"Ref": "LiveVersion"}, newest]}


def test_every_path_and_method_of_the_api_reaches_the_function() -> None:
    (api,) = of_type(MADE, "AWS::ApiGateway::RestApi").values()
    assert set(api["Body"]["paths"]) == {"/", "/{proxy+}"}
    for methods in api["Body"]["paths"].values():
        assert "x-amazon-apigateway-any-method" in methods
        for method in methods.values():
            uri = method["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
            assert uri[1] == {"Alias": {"Ref": "FunctionAliaslive"}}


def test_the_api_has_one_stage_with_throttling_and_traces() -> None:
    (stage,) = of_type(MADE, "AWS::ApiGateway::Stage").values()
    (settings,) = stage["MethodSettings"]
    assert settings["ThrottlingRateLimit"] == {"Ref": "ThrottlingRate"}
    assert stage["TracingEnabled"] is True


def test_a_new_setting_deploys_the_stage_anew_and_the_same_settings_do_not() -> None:
    """Else API Gateway would go on with the origins of the first deployment."""
    made = [translated(), translated(VersionKey="c" * 64)]
    same, other = (set(of_type(one, "AWS::ApiGateway::Deployment")) for one in made)
    assert same == set(of_type(MADE, "AWS::ApiGateway::Deployment"))
    assert len(same) == len(other) == 1 and same != other


def test_anybody_may_ask_the_api_but_where_requests_are_signed() -> None:
    (api,) = of_type(MADE, "AWS::ApiGateway::RestApi").values()
    (statement,) = statements(api["Body"]["x-amazon-apigateway-policy"])
    assert statement["Effect"] == {"Fn::If": ["IsForSigned", "Deny", "Allow"]}
    assert statement["Principal"] == "*" and statement["Sid"].isalnum()
    assert (statement["Action"], statement["Resource"]) == ("execute-api:Invoke", "execute-api:/*")


def test_the_template_has_no_aliases_of_yaml_which_cloudformation_refuses() -> None:
    for name in ("registry.yaml", "template.yaml"):
        events = yaml.parse((REPOSITORY / name).read_text())
        assert not [event for event in events if isinstance(event, yaml.AliasEvent)]


def test_the_template_fits_into_a_call_and_is_the_same_without_its_comments() -> None:
    deployed = template_with({}, "probe")
    assert deployed.stat().st_size <= MOST_BYTES
    parsed = json.loads(json.dumps(yaml_parse(deployed.read_text())))
    assert parsed == template("template.yaml")


def test_the_function_logs_json_to_a_group_that_expires() -> None:
    (function,) = of_type(MADE, "AWS::Lambda::Function").values()
    (group,) = of_type(MADE, "AWS::Logs::LogGroup").values()
    assert function["LoggingConfig"] == {"LogFormat": "JSON", "LogGroup": {"Ref": "LogGroup"}}
    assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_every_output_refers_to_something_of_the_translated_template() -> None:
    known = {*MADE["Resources"], *template("template.yaml")["Parameters"]}
    for name, output in MADE["Outputs"].items():
        assert output["Description"], name
        named, *_ = output["Value"].get("Fn::GetAtt", ["Function"])
        assert {named, output["Value"].get("Ref", "Function")} <= known, name


@pytest.mark.parametrize("file", ["registry.yaml", "template.yaml"])
def test_every_parameter_is_described_bounded_and_grouped(file: str) -> None:
    text = template(file)
    groups = text["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    grouped = [name for group in groups for name in group["Parameters"]]
    assert sorted(grouped) == sorted(text["Parameters"])
    for name, parameter in text["Parameters"].items():
        assert parameter["Description"], name
        assert parameter.keys() & {"AllowedValues", "AllowedPattern", "MaxValue"}, name


@pytest.mark.parametrize("file", ["registry.yaml", "template.yaml"])
def test_every_scanner_rule_that_is_skipped_has_its_reason(file: str) -> None:
    for resource in template(file)["Resources"].values():
        for skip in resource.get("Metadata", {}).get("checkov", {}).get("skip", []):
            assert set(skip) == {"id", "comment"} and len(skip["comment"]) > 20
