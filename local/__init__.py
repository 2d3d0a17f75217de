"""The local AWS: Docker, a registry, and a control plane that speaks AWS's protocols.

``python -m local`` (``local/aws``) starts and stops it; the standard library is all that it needs.
``python -m local.control_plane`` is the control plane itself and runs in the virtual environment
``local/.venv``: ministack, with the patches of ``local.patches``.
"""

import sys

if sys.version_info < (3, 10):  # noqa: UP036  # whoever has an older one is told
    sys.exit(
        "local/aws: this python3 is too old; 3.10 or newer is needed (Debian, Ubuntu: apt-get"
        " install python3)"
    )
