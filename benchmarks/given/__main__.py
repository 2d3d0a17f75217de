"""Makes the model directories of models' files, for `scripts/bench`.

    bash scripts/bench -o results benchmarks/usual_ways/sentence-transformers \
        $(.venv/bin/python -m benchmarks.given)

It prints the path of each.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.given.directories import PLACE, make_all

if __name__ == "__main__":
    for directory in make_all(Path(sys.argv[1]).resolve() if sys.argv[1:] else PLACE):
        print(directory)
