"""-r: the ECR repository and the S3 bucket."""

from __future__ import annotations

from pipeline.cloud.registry import remember
from pipeline.cloud.stacks import deploy_stack, settled_stack
from pipeline.commands import say
from pipeline.options import Options
from pipeline.places import REGISTRY_TEMPLATE
from pipeline.target import model_of, target_of

KEY = "TemplateKey"


def run(options: Options) -> None:
    """Create or update the registry of a stage.

    Raises:
        PipelineError: the stack cannot be deployed, or the model directory not be pushed.
    """
    if options.check_model:
        model_of(options)
    target = target_of(options)
    name = target.names.registry_stack
    say(f"Registry: stack {name}")
    parameters = {"Project": target.names.registry_project, "Stage": options.stage}
    stack = settled_stack(name, target.registry_marks())
    is_new = deploy_stack(stack, REGISTRY_TEMPLATE, parameters, KEY)
    if options.scratch and not is_new:
        remember(stack, options.scratch)
