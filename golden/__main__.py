"""Writes what a library's own package answers: to a golden request, and to the rows of a check."""

import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from golden.library import Answers
from golden.rows import Column, draw
from golden.telling import told

TOLERANCE = 1e-6
MAX_VALUES = 50_000  # in a request: 6 MB with names of 100 letters
ROWS = "rows.json"  # beside the model: rows by column


def main(arguments: Sequence[str]) -> None:
    """Write `example.json`, `cases.json` and `found.txt` of a model of tabular data."""
    library_name, model, card_path, folder = arguments
    library: Any = import_module(f"golden.{library_name}").Library(model)
    card = json.loads(Path(card_path).read_bytes())
    columns = card["columns"]
    rows = draw(columns, library.numbers)
    rows.sort(key=lambda row: row.count(None))
    # The first has the fewest missing values, the last the most.
    shown = _given(columns) or [rows[0], rows[-1]]
    cases = [
        _case(card, part, library.predict(columns, part))
        for part in _parts(rows, max(1, MAX_VALUES // len(columns)))
    ]
    example = _case(card, shown, library.predict(columns, shown))
    _write(Path(folder, "cases.json"), [*cases, example])
    _write(Path(folder, "example.json"), {**example, "tolerance": TOLERANCE})
    Path(folder, "found.txt").write_text(told(card), encoding="utf-8")


def _parts(rows: list[list[Any]], length: int) -> list[list[list[Any]]]:
    """Cut rows into requests that Lambda carries."""
    return [rows[start : start + length] for start in range(0, len(rows), length)]


def _given(columns: Sequence[Column]) -> list[list[Any]]:
    """Read the rows that came with the model, where any did."""
    if not os.path.exists(ROWS):
        return []
    given = json.loads(Path(ROWS).read_text(encoding="utf-8"))
    return [[row[column["name"]] for column in columns] for row in given]


def _case(card: dict[str, Any], rows: list[list[Any]], answers: Answers) -> dict[str, Any]:
    """Say what an API must answer, in the words of `apps.tabular`."""
    names = [column["name"] for column in card["columns"]]
    request = {"rows": [dict(zip(names, row, strict=True)) for row in rows]}
    classes = card.get("classes")
    if not classes:
        return {"request": request, "answer": {"predictions": answers.predictions}}
    answer: dict[str, Any] = {"predictions": [classes[int(code)] for code in answers.predictions]}
    if answers.chances is not None:
        labels = [str(label) for label in classes]
        answer["probabilities"] = [dict(zip(labels, row, strict=True)) for row in answers.chances]
    return {"request": request, "answer": answer}


def _write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
