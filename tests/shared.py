"""Real weights and photographs, which are in no repository."""

from pathlib import Path

import pytest

from tests.model_directory import REPOSITORY

SHARED = REPOSITORY.parent / "shared" / "testdata"


def shared_file(name: str) -> Path:
    """A file of the test data; skips the test where there is none."""
    if not (SHARED / name).is_file():
        pytest.skip(f"needs {name} in {SHARED}")
    return SHARED / name
