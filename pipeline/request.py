"""`request`: the golden request of a model, for a curl by hand."""

from __future__ import annotations

import json

from pipeline.model.golden import FILE, read_golden
from pipeline.options import Options


def run(options: Options) -> None:
    """Print the request as JSON.

    Raises:
        GoldenError: the directory's example.json cannot be used.
    """
    print(json.dumps(read_golden(options.model_directory / FILE).request))
