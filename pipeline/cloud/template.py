"""template.yaml as it is deployed: with a function's own variables, and short enough for a call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.places import BUILD, FUNCTION_TEMPLATE

RENDERED = BUILD / "templates"
# Of a template that a call carries; a longer one is in a bucket.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MOST_BYTES = 51_200
MARK = "# The lines ENV_NAME=value of model.env come here, as NAME."


def template_with(variables: Mapping[str, str], stack: str) -> Path:
    """Give the template of the function, with more variables if there are any.

    Its comments are for who reads it here: they go where a call could not carry them.

    Args:
        variables: by name.
        stack: its name, which the new file gets; `aws cloudformation deploy` is shown with it.

    Raises:
        PipelineError: template.yaml has no place for them.
    """
    text = whole = FUNCTION_TEMPLATE.read_text(encoding="utf-8")
    if variables:
        text = with_variables(text, variables)
    if len(text.encode()) > MOST_BYTES:
        text = without_comments(text)
    if text == whole:
        return FUNCTION_TEMPLATE
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


def without_comments(template: str) -> str:
    """Leave out the lines that are comments and no more; the template has no text with such."""
    lines = template.splitlines(keepends=True)
    return "".join(line for line in lines if not line.lstrip().startswith("#"))
