"""What a person reads about a model before the first request: its columns, and what it gives."""

from typing import Any

from golden.rows import Column

SHOWN = 40  # columns, and the categories of one
KINDS = {
    **{"int": "whole number", "bool": "true or false", "float": "number", "text": "text"},
    "unused": "not used by the model, but a part of its rows: null will do",
}


def told(card: dict[str, Any]) -> str:
    """Describe a card, a line for each column."""
    columns = card["columns"]
    lines = [f"A row has {len(columns)} columns:", ""]
    lines += [f"- `{column['name']}`: {_kind(column)}" for column in columns[:SHOWN]]
    if len(columns) > SHOWN:
        lines.append(f"- and {len(columns) - SHOWN} more, which `GET /predict/openapi.json` lists")
    return "\n".join([*lines, "", _prediction(card), ""])


def _kind(column: Column) -> str:
    if "categories" in column:
        names = column["categories"]
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        others = ", or another" if column.get("others") else ""
        return f"one of {', '.join(map(str, names[:SHOWN]))}{more}{others}"
    unit = f" in {column['unit']}" if "unit" in column else ""
    described = f", {column['description']}" if "description" in column else ""
    return KINDS[column.get("kind", "float")] + unit + described


def _prediction(card: dict[str, Any]) -> str:
    classes = card.get("classes")
    if not classes:
        unit = f" in {card['unit']}" if "unit" in card else ""
        several = "Several numbers are" if card["gives"] == "numbers" else "A number is"
        return f"{several} predicted for each row{unit}."
    names = ", ".join(map(str, classes[:SHOWN]))
    if classes == list(range(len(classes))):
        return (
            f"One of {len(classes)} classes is predicted for each row. The file does not name them:"
            f' `columns.json` can, as in {{"classes": ["no", "yes"]}}.'
        )
    return f"One of the classes {names} is predicted for each row."
