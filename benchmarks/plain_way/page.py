"""What docs/plain-way.md says, library by library."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).resolve().parents[2]
PAGE = REPOSITORY / "docs" / "plain-way.md"
# An indented block of code behind a line that begins with the lead and ends with a colon.
BLOCK = r"^{lead}[^\n]*:\n\n((?:    [^\n]*\n|\n)+)"


class Recipe(NamedTuple):
    """The lines that the page has for a library."""

    requirements: str  # to add to app/requirements.txt
    after_training: str  # saves the model and writes example.json
    app: str  # the whole of app/app.py


def recipe(library: str) -> Recipe:
    """Read a section of the page.

    Args:
        library: the section's heading.
    """
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {library}\n")[1].split("\n## ")[0]
    return Recipe(
        requirements=_block(section, "Add to `app/requirements.txt`"),
        after_training=_block(section, "Run after training"),
        app=_block(section, "`app/app.py`"),
    )


def settings() -> dict[str, str]:
    """Read what the page has for model.env, by the setting's name."""
    lines = _block(PAGE.read_text(encoding="utf-8"), "Packages take more memory").splitlines()
    return dict(line.split("=", 1) for line in lines)


def _block(section: str, lead: str) -> str:
    """The code behind the one line that begins so."""
    (found,) = re.findall(BLOCK.format(lead=re.escape(lead)), section, re.MULTILINE)
    return textwrap.dedent(found).strip("\n") + "\n"
