"""The local AWS: a Docker engine, a registry, and a control plane that speaks AWS's protocols.

``python -m local`` (``local/aws``) starts and stops it; the standard library is all that it needs.
``python -m local.control_plane`` is the control plane itself and runs in the virtual environment
``local/.venv``: ministack, with the patches of ``local.patches``.
"""
