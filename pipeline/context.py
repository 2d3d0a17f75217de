"""`context`: what an image is built from, made for work by hand."""

from __future__ import annotations

from pipeline.model.context import CONTEXTS
from pipeline.options import Options
from pipeline.target import model_of


def run(options: Options) -> None:
    """Make the context of a model directory and print its path.

    Raises:
        PipelineError: the directory cannot become a context.
    """
    print(model_of(options).make_context(CONTEXTS))
