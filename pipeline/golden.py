"""`golden`: the golden request of a model directory, answered by the model's own library."""

from __future__ import annotations

import os

from pipeline.commands import note
from pipeline.image.golden import make_golden
from pipeline.options import Options


def run(options: Options) -> None:
    """Write `example.json`, and tell what the model takes.

    Raises:
        PipelineError: it cannot be made; the reason was shown.
    """
    note(make_golden(options.model_directory, os.environ, options.stays_here))
