"""The command line of the steps: `python3 -m pipeline`, or `python3 /path/to/pipeline`."""

import os
import sys

if sys.version_info < (3, 9):  # noqa: UP036  # whoever has an older one is told
    sys.exit("pipeline: this python3 is too old; 3.9 or newer is needed")
# In place of this folder, or of the current one, where a user may have modules of the same names.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from pipeline.command_line import main  # noqa: E402  # found by the path above

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
