"""What CloudFormation makes of a template's rules, conditions and choices, for some parameters.

Only the functions that template.yaml uses there.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html
"""

from typing import Any

from tests.templates.translated import PARAMETERS, Value, template, translated

NO_VALUE = {"Ref": "AWS::NoValue"}


class Evaluated:
    """template.yaml with some parameters."""

    def __init__(self, **parameters: str) -> None:
        source = template("template.yaml")
        defaults = {
            name: str(one["Default"])
            for name, one in source["Parameters"].items()
            if "Default" in one
        }
        self._values = {**defaults, **PARAMETERS, **parameters}
        self._source = source
        self._made = translated(**parameters)

    def is_true(self, name: str) -> bool:
        """Whether a condition holds."""
        return bool(self._test(self._source["Conditions"][name]))

    def broken_rules(self) -> list[str]:
        """What the rules say against these parameters."""
        return [
            one["AssertDescription"]
            for rule in self._source["Rules"].values()
            if self._test(rule["RuleCondition"])
            for one in rule["Assertions"]
            if not self._test(one["Assert"])
        ]

    def resources(self) -> dict[str, Value]:
        """The resources that are made, their choices made too."""
        return {
            name: self.chosen(resource)
            for name, resource in self._made["Resources"].items()
            if "Condition" not in resource or self.is_true(resource["Condition"])
        }

    def outputs(self) -> dict[str, Any]:
        """The outputs, their choices made."""
        return {
            name: self.chosen(output["Value"])
            for name, output in self._made["Outputs"].items()
            if "Condition" not in output or self.is_true(output["Condition"])
        }

    def chosen(self, node: Any) -> Any:
        """A part of the template without choices."""
        if isinstance(node, list):
            return [one for one in map(self.chosen, node) if one != NO_VALUE]
        if not isinstance(node, dict):
            return node
        if "Fn::If" in node:
            condition, then, otherwise = node["Fn::If"]
            return self.chosen(then if self.is_true(condition) else otherwise)
        if "Fn::FindInMap" in node or node.get("Ref") in self._values:
            return self._test(node)
        chosen = {key: self.chosen(one) for key, one in node.items()}
        return {key: one for key, one in chosen.items() if one != NO_VALUE}

    def _test(self, node: Any) -> Any:
        if not isinstance(node, dict):
            return node
        ((function, arguments),) = node.items()
        if function == "Ref":
            return self._values[arguments]
        if function == "Condition":
            return self.is_true(arguments)
        if function == "Fn::Contains":
            return self._test(arguments[1]) in arguments[0]
        values = [self._test(one) for one in arguments]
        if function == "Fn::FindInMap":
            name, first, second = values
            return self._source["Mappings"][name][first][second]
        if function == "Fn::Equals":
            return values[0] == values[1]
        return {"Fn::Not": not values[0], "Fn::And": all(values), "Fn::Or": any(values)}[function]
