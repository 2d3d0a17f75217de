"""Makes the model directories of all-MiniLM-L6-v2, for `scripts/bench`.

    bash scripts/bench -o results benchmarks/usual_ways/sentence-transformers \
        $(.venv/bin/python -m benchmarks.texts)

It prints the path of each.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.texts.directories import PLACE, make_all

if __name__ == "__main__":
    for directory in make_all(Path(sys.argv[1]).resolve() if sys.argv[1:] else PLACE):
        print(directory)
