"""-k: the API key of a stage, which nothing else shows."""

from __future__ import annotations

from pipeline.cloud.callers import api_key
from pipeline.cloud.stacks import read_stack
from pipeline.options import Options
from pipeline.target import target_of


def run(options: Options) -> None:
    """Print the API key.

    Raises:
        PipelineError: nothing is deployed, or without a key.
    """
    print(api_key(read_stack(target_of(options).names.function_stack)))
