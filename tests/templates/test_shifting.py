"""How requests go over to a new version, as CodeDeploy is told."""

import pytest

from pipeline.model.settings import DEPLOYMENTS
from pipeline.takeover import AT_ONCE, CHECKED, DEFAULT_DEPLOYMENT
from tests.templates.evaluated import Evaluated
from tests.templates.translated import template

SHARES = [name for name in DEPLOYMENTS if name not in (AT_ONCE, CHECKED)]
# Of CodeDeploy's own list, by the part of the name here:
# https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
CANARY, LINEAR = "LambdaCanary10Percent{}Minutes", "LambdaLinear10PercentEvery{}Minute"


def codedeploy_name(deployment: str) -> str:
    kind, _, minutes = deployment.removesuffix("m").partition("10-")
    if kind == "canary":
        return f"CodeDeployDefault.{CANARY.format(minutes)}"
    return f"CodeDeployDefault.{LINEAR.format(minutes)}{'' if minutes == '1' else 's'}"


@pytest.mark.parametrize("deployment", SHARES)
def test_each_share_is_one_of_codedeploy_with_every_alarm(deployment: str) -> None:
    made = Evaluated(Deployment=deployment).resources()
    group = made["ShiftGroup"]["Properties"]
    assert group["DeploymentConfigName"] == codedeploy_name(deployment)
    watched = {alarm["Name"]["Ref"] for alarm in group["AlarmConfiguration"]["Alarms"]}
    alarms = {name for name, one in made.items() if one["Type"] == "AWS::CloudWatch::Alarm"}
    assert watched == {name for name in alarms if name.startswith("Shift")} and len(watched) == 4
    assert group["AutoRollbackConfiguration"]["Enabled"] is True
    policy = made["FunctionAliaslive"]["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]
    assert policy["DeploymentGroupName"] == {"Ref": "ShiftGroup"}


@pytest.mark.parametrize("deployment", ["", AT_ONCE, CHECKED])
def test_nothing_of_codedeploy_is_made_before_it_is_asked_for(deployment: str) -> None:
    made = Evaluated(Deployment=deployment).resources()
    assert not [name for name in made if name.startswith("Shift")]
    assert "UpdatePolicy" not in made["FunctionAliaslive"]


def test_errors_and_times_are_those_of_the_new_version_alone() -> None:
    made = Evaluated(Deployment=SHARES[0]).resources()
    for name in ("ShiftErrorAlarm", "ShiftLatencyAlarm"):
        dimensions = {one["Name"]: one["Value"] for one in made[name]["Properties"]["Dimensions"]}
        assert dimensions["ExecutedVersion"] == {"Fn::GetAtt": ["Version", "Version"]}
        assert dimensions["Resource"] == {"Fn::Sub": "${Function}:live"}
    assert "${Release}" in made["ShiftFailures"]["Properties"]["FilterPattern"]["Fn::Sub"]


def test_codedeploy_may_move_this_alias_and_read_alarms_and_nothing_else() -> None:
    role = Evaluated(Deployment=SHARES[0]).resources()["ShiftRole"]["Properties"]
    move, read = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert all(action.startswith("lambda:") for action in move["Action"])
    assert "lambda:UpdateAlias" in move["Action"] and "*" not in move["Resource"]
    assert read["Action"] == "cloudwatch:DescribeAlarms"


def test_the_pipeline_knows_every_way_and_a_default_for_every_stage() -> None:
    parameters = template("template.yaml")["Parameters"]
    assert parameters["Deployment"]["AllowedValues"] == ["", *DEPLOYMENTS]
    assert set(DEFAULT_DEPLOYMENT) == set(parameters["Stage"]["AllowedValues"])


def test_an_alias_that_is_kept_tells_what_it_runs() -> None:
    kept = {"LiveVersion": "3", "LiveRelease": "old", "LiveImageUri": "host/r@sha256:" + "c" * 64}
    outputs = Evaluated(**kept).outputs()
    assert (outputs["FunctionVersion"], outputs["Release"]) == ("3", "old")
    assert outputs["ImageUri"] == kept["LiveImageUri"]
    assert outputs["NewestVersion"] == {"Fn::GetAtt": ["Version", "Version"]}
