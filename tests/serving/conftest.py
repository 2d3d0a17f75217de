"""The same on every machine: no variables of the shell, no limit on the time of an example."""

import os

from hypothesis import settings

for name in ("API_PATH", "MODEL_NAME", "MODEL_RELEASE"):
    os.environ.pop(name, None)  # the package reads them when a handler is made

settings.register_profile("steady", deadline=None, database=None)
settings.load_profile("steady")
