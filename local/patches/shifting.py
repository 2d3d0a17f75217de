"""Requests that go over to another version in shares: the alias's weights, and CodeDeploy.

A minute of AWS is a second here.
"""

import os
import random
import re
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from ministack.services import cloudformation, cloudwatch, lambda_svc
from ministack.services.cloudformation import provisioners, stacks

from local.state import State

Data = dict[str, Any]
ALIAS = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Alias"]
GROUP = "AWS::CodeDeploy::DeploymentGroup"
SECONDS_OF_A_MINUTE = float(os.environ.get("LOCAL_AWS_MINUTE_SECONDS", "1"))
CANARY = re.compile(r".*LambdaCanary(\d+)Percent(\d+)Minutes")
LINEAR = re.compile(r".*LambdaLinear(\d+)PercentEvery(\d+)Minutes?")
PERCENT = 100


class Call(NamedTuple):
    """An invocation that has ended."""

    failed: bool
    took_ms: float


calls: dict[tuple[str, str], list[Call]] = defaultdict(list)  # by function and version


def alias_weights(state: State) -> None:
    """An alias sends each request to one of its two versions, by their weights.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html
    """
    original = lambda_svc._effective_func_record_for_qualifier

    def record(function: Data | None, qualifier: str | None) -> Any:
        alias = ((function or {}).get("aliases") or {}).get(qualifier) or {}
        weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        drawn = random.random()
        for version, weight in weights.items():
            if drawn < weight:
                return original(function, version)
        return original(function, qualifier)

    lambda_svc._effective_func_record_for_qualifier = record


def counted_calls(state: State) -> None:
    """Lambda's metrics know which version was executed.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
    """
    dispatch = lambda_svc._execute_function_dispatch

    def run(function: Any, config: Data, *rest: Any) -> Any:
        started = time.monotonic()
        result = dispatch(function, config, *rest)
        took_ms = (time.monotonic() - started) * 1000
        key = (config["FunctionName"], str(config.get("Version")))
        calls[key].append(Call(_has_failed(result), took_ms))
        return result

    lambda_svc._execute_function_dispatch = run


def _has_failed(result: Data) -> bool:
    body = result.get("body")
    status = body.get("statusCode", 200) if isinstance(body, dict) else 200
    return bool(result.get("error")) or (str(status).isdigit() and int(status) >= 500)


def shifted_aliases(state: State) -> None:
    """With a deployment group, an alias goes over in shares, and back where an alarm rings.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-updatepolicy.html
    """
    update, is_slow = ALIAS["update"], stacks._runs_on_worker_thread

    def update_alias(arn: str, old: Data, new: Data, stack: str, *rest: str) -> Any:
        group = _group(stack)
        if group and old.get("FunctionVersion") != new.get("FunctionVersion"):
            _shift(new["FunctionName"], str(new["FunctionVersion"]), group)
        return update(arn, old, new, stack, *rest)

    ALIAS["update"] = update_alias
    # It waits, and must not hold up the requests that it shifts.
    stacks._runs_on_worker_thread = lambda kind: kind == "AWS::Lambda::Alias" or is_slow(kind)


def _group(stack: str) -> Data | None:
    """What the stack's deployment group says, if it has one."""
    resources = (cloudformation._stacks.get(stack) or {}).get("_resources", {})
    found = [one.get("Properties") or one.get("props") for one in resources.values() if _is(one)]
    return found[0] if found else None


def _is(resource: Data) -> bool:
    return (resource.get("ResourceType") or resource.get("Type")) == GROUP


def _shift(function: str, version: str, group: Data) -> None:
    alias = lambda_svc._functions[function.rpartition(":")[2]]["aliases"]["live"]
    name, before = function.rpartition(":")[2], len(calls[(function.rpartition(":")[2], version)])
    try:
        for share, minutes in _steps(group["DeploymentConfigName"]):
            alias["RoutingConfig"] = {"AdditionalVersionWeights": {version: share}}
            _watch(minutes, (name, version), before, group)
    finally:
        alias.pop("RoutingConfig", None)


def _watch(minutes: int, key: tuple[str, str], before: int, group: Data) -> None:
    end = time.monotonic() + minutes * SECONDS_OF_A_MINUTE
    while time.monotonic() < end:
        for alarm in group["AlarmConfiguration"]["Alarms"]:
            if _rings(cloudwatch._alarms[alarm["Name"]], calls[key][before:]):
                raise ValueError(
                    "CodeDeploy: The deployment was stopped, and rolled back, because the alarm"
                    f" {alarm['Name']} is in the state ALARM."
                )
        time.sleep(SECONDS_OF_A_MINUTE / 10)


def _rings(alarm: Data, since: list[Call]) -> bool:
    if alarm["MetricName"] == "Duration":
        slowest = sorted(call.took_ms for call in since)[-max(len(since) // PERCENT, 1) :]
        return any(took_ms > alarm["Threshold"] for took_ms in slowest[:1])
    if alarm["MetricName"] == "Throttles":
        return False
    return sum(call.failed for call in since) >= float(alarm["Threshold"])


def _steps(config: str) -> Iterator[tuple[float, int]]:
    """Shares of the new version, and the minutes for which each holds."""
    if found := CANARY.fullmatch(config):
        yield int(found[1]) / PERCENT, int(found[2])
    elif found := LINEAR.fullmatch(config):
        percent, minutes = int(found[1]), int(found[2])
        for share in range(percent, PERCENT, percent):
            yield share / PERCENT, minutes
