"""An image for this machine alone, which goes when a step has done with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.image.build import build_image
from pipeline.image.containers import docker
from pipeline.image.function import Function, function_of
from pipeline.model.directory import Model
from pipeline.model.names import names
from pipeline.model_object import fetch
from pipeline.options import Options
from pipeline.scratch import scratch_folder
from pipeline.stopping import signals_wait


@contextmanager
def built_here(model: Model, options: Options) -> Iterator[Function]:
    """Build a model's image, under a name of this process alone: no other run replaces it.

    Raises:
        PipelineError: it cannot be built.
    """
    project = names(options.model_directory, os.environ, options.stage).project
    image = f"lambda-bench/{project}:{os.getpid()}"
    with scratch_folder(options.scratch) as scratch:
        try:
            build_image(model, model.make_context(scratch), image)
            function = function_of(model, project, image)
            yield function._replace(model_file=fetch(model.settings, scratch))
        finally:
            _remove(image)


def _remove(image: str) -> None:
    """Remove an image's name; its layers stay, for the next build."""
    with signals_wait():
        docker("image", "rm", "--force", "--no-prune", image)
