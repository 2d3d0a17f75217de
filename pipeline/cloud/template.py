"""template.yaml with the variables of a function that it has no parameter for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.places import BUILD, FUNCTION_TEMPLATE

RENDERED = BUILD / "templates"
MARK = "# The lines ENV_NAME=value of model.env come here, as NAME."


def template_with(variables: Mapping[str, str], stack: str) -> Path:
    """Give the template of the function, with more variables if there are any.

    Args:
        variables: by name.
        stack: its name, which the new file gets; `aws cloudformation deploy` is shown with it.

    Raises:
        PipelineError: template.yaml has no place for them.
    """
    if not variables:
        return FUNCTION_TEMPLATE
    text = with_variables(FUNCTION_TEMPLATE.read_text(encoding="utf-8"), variables)
    RENDERED.mkdir(parents=True, exist_ok=True)
    rendered = RENDERED / f"{stack}.yaml"
    rendered.write_text(text, encoding="utf-8")
    return rendered


def with_variables(template: str, variables: Mapping[str, str]) -> str:
    """Put variables below the line of a template that is there for them."""
    before, mark, behind = template.partition(MARK)
    if not mark:
        raise PipelineError(f"template.yaml lacks the line {MARK!r} among the variables")
    indent = before.rpartition("\n")[2]
    # A JSON string is also one of YAML.
    lines = [f"{indent}{name}: {json.dumps(value)}" for name, value in variables.items()]
    return "\n".join([before + mark, *lines]) + behind
