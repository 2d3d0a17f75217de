"""The versions that requirements files pin."""

import re
from pathlib import Path

from tests.model_directory import REPOSITORY

PIN = re.compile(r"^([\w.-]+)==([\w.+]+)", re.MULTILINE)


def pins(*paths: str, root: Path = REPOSITORY) -> dict[str, str]:
    """The versions in requirements files, by package as it is spelt there."""
    return dict(pin for path in paths for pin in PIN.findall((root / path).read_text()))


def metadata(versions: dict[str, str]) -> set[str]:
    """The names of the folders that pip makes for packages."""
    return {f"{name.replace('-', '_')}-{pin}.dist-info" for name, pin in versions.items()}
