"""What an API of texts must answer, in the words of `apps.text`."""

from typing import Any


def answer(card: dict[str, Any], rows: list[list[float]]) -> dict[str, Any]:
    """Make the answer of what a library gives.

    Args:
        card: of the model.
        rows: for each text an embedding, or a number for each label.
    """
    gives = card["gives"]
    if gives == "embeddings":
        return {"embeddings": rows}
    named = [dict(zip(card["labels"], row, strict=True)) for row in rows]
    if gives == "numbers":
        return {"predictions": named}
    if gives == "label":
        predictions: list[Any] = [max(row, key=lambda name: row[name]) for row in named]
    else:
        predictions = [[name for name, chance in row.items() if chance >= 0.5] for row in named]
    return {"predictions": predictions, "probabilities": named}
