"""The templates as CloudFormation sees them."""

import json
import os
from pathlib import Path
from typing import Any, ClassVar

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

REPOSITORY = Path(__file__).parents[2]
Value = dict[str, Any]
PARAMETERS = {
    "Project": "my-model",
    "Stage": "dev",
    "ImageUri": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/my-model-dev@sha256:" + "a" * 64,
    "Release": "20260131T120000Z-0123456789abcdef",
    "VersionKey": "b" * 64,
}


class NoManagedPolicies:
    """The templates name no managed policy, so none is looked up."""

    policies: ClassVar[dict[str, str]] = {}

    def load(self) -> dict[str, str]:
        """The managed policies that are known."""
        return self.policies


def template(name: str) -> Value:
    """A template as it stands in its file, with its tags in their long form."""
    parsed: Value = json.loads(json.dumps(yaml_parse((REPOSITORY / name).read_text())))
    return parsed


def translated(**parameters: str) -> Value:
    """template.yaml after SAM's transform, with these parameters changed."""
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
    made: Value = transform(
        template("template.yaml"), {**PARAMETERS, **parameters}, NoManagedPolicies()
    )
    return made


def statements(policy: Value) -> list[Value]:
    """The statements of an IAM policy."""
    found: list[Value] = policy["Statement"]
    return found


def of_type(made: Value, resource_type: str) -> dict[str, Value]:
    """The properties of a template's resources of one type, by logical id."""
    return {
        name: resource["Properties"]
        for name, resource in made["Resources"].items()
        if resource["Type"] == resource_type
    }
