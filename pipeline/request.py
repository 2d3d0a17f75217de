"""`request`: the golden request of a model, for a curl by hand."""

from __future__ import annotations

import json

from pipeline.options import Options
from pipeline.target import model_of


def run(options: Options) -> None:
    """Print the request as JSON.

    Raises:
        PipelineError: the directory's example.json cannot be used.
    """
    print(json.dumps(model_of(options).golden.request))
