"""Makes the model directories of docs/plain-way.md in a folder, for `scripts/bench`.

    .venv/bin/python -m benchmarks.plain_way .build/plain-way

It prints the path of each.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.plain_way.directories import make_all

if __name__ == "__main__":
    for directory in make_all(Path(sys.argv[1]).resolve()):
        print(directory)
