"""Writes what transformers answers: to a golden request, and to the texts of a check."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from golden.text.answers import answer
from golden.text.library import load
from golden.text.telling import told
from golden.text.texts import draw

SHOWN = ["The quick brown fox jumps over the lazy dog.", "Schnelle Füchse springen über 狗."]
# Of numbers; int8 is compared by its loss in golden.text.compare.
TOLERANCES = {"exact": 1e-4, "int8": 0.2}


def main(arguments: Sequence[str]) -> None:
    """Write `example.json`, `cases.json` and `found.txt` of a model of texts."""
    directory, card_path, precision, folder = arguments
    card = json.loads(Path(card_path).read_bytes())
    library = load(Path(directory), card["lowercase"])
    texts = draw(library.count, card["max_tokens"])
    cases = {"texts": texts, "rows": [library.row(text) for text in texts]}
    rows = [library.row(text) for text in SHOWN]
    scale = max(abs(number) for row in rows for number in row)
    example = {
        "request": {"inputs": SHOWN},
        "answer": answer(card, rows),
        "tolerance": TOLERANCES[precision] * max(scale, 1.0),
    }
    _write(Path(folder, "cases.json"), cases)
    _write(Path(folder, "example.json"), example)
    Path(folder, "found.txt").write_text(told(card, precision), encoding="utf-8")


def _write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
