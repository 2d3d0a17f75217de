"""What app/model.py has to know of a network, whichever engine runs it."""

import json
from pathlib import Path

from export.trained import Trained


def write_card(trained: Trained, destination: Path) -> None:
    """Writes card.json into a folder that is there."""
    card = {"side": trained.side, "resize": trained.resize, "labels": trained.labels}
    (destination / "card.json").write_text(json.dumps(card, ensure_ascii=False) + "\n")
