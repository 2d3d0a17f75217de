"""Where things are in the repository."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MACHINE = ROOT / "machine"
STARTERS = ROOT / "starters"
BASE_EXAMPLE = ROOT / "base-example"
REGISTRY_TEMPLATE = ROOT / "registry.yaml"
FUNCTION_TEMPLATE = ROOT / "template.yaml"
# What is made here and can be deleted at any time.
BUILD = ROOT / ".build"
