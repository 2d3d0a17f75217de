"""Reads `MLmodel`: the part of YAML that MLflow writes, which is maps, lists and scalars.

    flavors:
      xgboost:
        data: model.ubj
    signature:
      inputs: '[{"type": "double", "name": "age", "required": true}, {"type": "double",
        "name": "income", "required": true}]'

A scalar in quotes may go on in the next lines, each break a space. The standard library has no
YAML.
"""

from __future__ import annotations

import json
import re
from typing import Any

from pipeline.errors import GivenError

LINE = re.compile(r"(?P<indent> *)(?P<key>[A-Za-z0-9_.-]+):(?: +(?P<value>.*))?")
NOTHING = ("null", "~", "")


def read_mlmodel(text: str) -> dict[str, Any]:
    """Read the maps of an `MLmodel`; lists in it are left out, since nothing here needs them.

    Raises:
        GivenError: it is not of this form.
    """
    whole: dict[str, Any] = {}
    open_maps: list[tuple[int, dict[str, Any]]] = [(-1, whole)]
    for line in _logical_lines(text):
        found = LINE.fullmatch(line)
        if not found:
            raise GivenError(f"MLmodel has a line that is not MLflow's: {line[:80]!r}")
        indent = len(found["indent"])
        while open_maps[-1][0] >= indent:
            open_maps.pop()
        inner: dict[str, Any] = {}
        value = found["value"] or ""
        open_maps[-1][1][found["key"]] = _scalar(value) if value else inner
        if not value:
            open_maps.append((indent, inner))
    return whole


def _logical_lines(text: str) -> list[str]:
    """Join scalars that go on, and leave out lists, comments and empty lines."""
    lines: list[str] = []
    pieces: list[str] = []  # of a scalar whose quote is open
    quote = ""
    for line in text.splitlines():
        if quote:
            pieces.append(line.strip())
            quote = "" if _ends(line, quote) else quote
        elif not line.strip() or line.lstrip().startswith(("- ", "#")):
            continue
        elif LINE.fullmatch(line):
            lines += _joined(pieces)
            pieces, quote = [line], _open_quote(line)
        else:  # a plain scalar that goes on
            pieces.append(line.strip())
    return lines + _joined(pieces)


def _joined(pieces: list[str]) -> list[str]:
    """Make a line of its pieces: in double quotes, a backslash at the end swallows the break."""
    if not pieces:
        return []
    is_double = _open_quote(pieces[0]) == '"'
    ends = ["" if is_double and piece.endswith("\\") else " " for piece in pieces]
    cut = [piece[:-1] if not end else piece for piece, end in zip(pieces, ends)]
    return ["".join(part for pair in zip(cut, ends) for part in pair).rstrip()]


def _ends(line: str, quote: str) -> bool:
    """Tell whether a scalar's quote ends in a line: the quotes that stand for one are pairs."""
    text = re.sub(r"\\.", "", line) if quote == '"' else line
    return text.count(quote) % 2 == 1


def _open_quote(line: str) -> str:
    """The quote of a scalar that has not ended; empty where there is none."""
    value = (LINE.fullmatch(line) or {"value": ""})["value"] or ""
    if value[:1] == "'":
        return "" if re.fullmatch(r"'(?:[^']|'')*'", value) else "'"
    if value[:1] == '"':
        return "" if re.fullmatch(r'"(?:[^"\\]|\\.)*"', value) else '"'
    return ""


def _scalar(value: str) -> str | None:
    if value[:1] == "'":
        return value[1:-1].replace("''", "'")
    if value[:1] == '"':
        return str(json.loads(re.sub(r"\\x(..)", r"\\u00\1", value.replace("\\ ", " "))))
    return None if value in NOTHING else value
