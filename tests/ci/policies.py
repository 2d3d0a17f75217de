"""ci/deploy-role.yaml with its parameters filled in, and what its policies allow."""

import json
import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from tests.templates.translated import Value, template

TEMPLATE = "ci/deploy-role.yaml"
ACCOUNT, REGION = "123456789012", "eu-west-1"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/ci-FunctionBoundary-1A2B3C4D5E6F"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"
PARAMETERS = {
    "Project": "my-model",
    "Stage": "dev",
    "Subject": "repo:octocat/models:environment:dev",
}
KNOWN = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::URLSuffix": "amazonaws.com",
    "FunctionBoundary": BOUNDARY,
    "Provider": PROVIDER,
}
# What a request has that the role's conditions ask for.
CONTEXT = {
    "iam:AWSServiceName": "ops.apigateway.amazonaws.com",
    "iam:PassedToService": "lambda.amazonaws.com",
    "iam:PermissionsBoundary": BOUNDARY,
    "kms:ViaService": f"ecr.{REGION}.amazonaws.com",
}


class Grant(NamedTuple):
    """One action that a statement allows on one resource, if the request has what it asks for."""

    action: str
    resource: str
    condition: Mapping[str, str]

    def covers(self, action: str, resource: str) -> bool:
        """Whether it is of that action and resource, whatever its condition."""
        return self.action == action and fnmatchcase(resource, self.resource)

    def allows(self, action: str, resource: str, context: Mapping[str, str] = CONTEXT) -> bool:
        """Whether it allows a request."""
        met = all(context.get(key) == value for key, value in self.condition.items())
        return met and self.covers(action, resource)


class Filled:
    """The template's intrinsic functions, with values for its parameters."""

    def __init__(self, **parameters: str) -> None:
        text = template(TEMPLATE)
        defaults = {name: one.get("Default") for name, one in text["Parameters"].items()}
        self.values = {**KNOWN, **defaults, **PARAMETERS, **parameters}
        self.conditions: Value = text["Conditions"]
        self.resources: dict[str, Value] = {
            name: self.fill(one)
            for name, one in text["Resources"].items()
            if "Condition" not in one or self._holds(one["Condition"])
        }

    def fill(self, value: Any) -> Any:
        """A value without intrinsic functions."""
        if isinstance(value, list):
            return [self.fill(one) for one in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and (name := next(iter(value))) in self._functions():
            return self._functions()[name](value[name])
        return {key: self.fill(one) for key, one in value.items()}

    def _functions(self) -> dict[str, Any]:
        return {
            "Ref": lambda name: self.values.get(name, name),
            "Fn::Sub": self._sub,
            "Fn::If": lambda told: self.fill(told[1 if self._holds(told[0]) else 2]),
            "Fn::Equals": lambda told: self.fill(told[0]) == self.fill(told[1]),
            "Fn::Not": lambda told: not self.fill(told[0]),
            "Fn::Split": lambda told: self.fill(told[1]).split(told[0]),
            "Fn::Select": lambda told: self.fill(told[1])[told[0]],
        }

    def _holds(self, condition: str) -> bool:
        return bool(self.fill(self.conditions[condition]))

    def _sub(self, told: str | list[Any]) -> str:
        text, more = (told, {}) if isinstance(told, str) else told
        names = {**self.values, **self.fill(more)}
        return re.sub(r"\$\{([\w:]+)\}", lambda found: names[found[1]], text)

    def inline(self) -> list[Value]:
        """The policies that stand in the deploy role."""
        policies = self.resources["DeployRole"]["Properties"]["Policies"]
        return [one["PolicyDocument"] for one in policies]

    def attached(self) -> list[Value]:
        """The managed policies that the deploy role has."""
        every = (one["Properties"] for one in self.resources.values())
        return [one["PolicyDocument"] for one in every if "DeployRole" in one.get("Roles", [])]

    def grants(self) -> list[Grant]:
        """All that the deploy role may do."""
        return [
            grant for document in (*self.inline(), *self.attached()) for grant in grants(document)
        ]

    def trust(self) -> Value:
        """The one statement that says who may take the role."""
        text = self.resources["DeployRole"]["Properties"]["AssumeRolePolicyDocument"]
        (statement,) = json.loads(text)["Statement"]
        found: Value = statement
        return found


def grants(document: Value) -> Iterator[Grant]:
    """What a policy allows, one action on one resource each."""
    for statement in document["Statement"]:
        known = {"Sid", "Effect", "Action", "Resource", "Condition"}
        assert statement["Effect"] == "Allow" and set(statement) <= known, statement
        condition = statement.get("Condition", {"StringEquals": {}})
        assert set(condition) == {"StringEquals"}, statement
        for action in listed(statement["Action"]):
            for resource in listed(statement["Resource"]):
                yield Grant(action, resource, condition["StringEquals"])


def listed(value: str | list[str]) -> list[str]:
    """One value as a list, as IAM reads it."""
    return [value] if isinstance(value, str) else value
