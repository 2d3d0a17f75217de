"""What a model gives for texts, as an answer: embeddings, or labels with their chances."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from apps.text.card import Card

HOLDS = 0.5  # the chance from which one of several labels is predicted
Rows = Sequence[list[float]]


class Embeddings(msgspec.Struct):
    """The embedding of each text."""

    embeddings: list[list[float]]


class Label(msgspec.Struct):
    """The likeliest label of each text, and the chance of each label."""

    predictions: list[str]
    probabilities: list[dict[str, float]]


class Labels(msgspec.Struct):
    """The labels of each text whose chance is at least 0.5, and the chance of each label."""

    predictions: list[list[str]]
    probabilities: list[dict[str, float]]


class Numbers(msgspec.Struct):
    """The numbers that are predicted for each text, by name."""

    predictions: list[dict[str, float]]


TYPES: dict[str, Any] = {
    "embeddings": Embeddings,
    "label": Label,
    "labels": Labels,
    "numbers": Numbers,
}


def answers(card: Card) -> Callable[[Rows], Any]:
    """Make the function that turns the model's rows into an answer of `TYPES[card.gives]`."""

    def named(rows: Rows) -> list[dict[str, float]]:
        return [dict(zip(card.labels, row, strict=True)) for row in rows]

    def label(rows: Rows) -> Label:
        likeliest = [card.labels[row.index(max(row))] for row in rows]
        return Label(likeliest, named(rows))

    def labels(rows: Rows) -> Labels:
        chances = named(rows)
        return Labels([[name for name in row if row[name] >= HOLDS] for row in chances], chances)

    made: dict[str, Callable[[Any], Any]] = {
        "embeddings": Embeddings,
        "label": label,
        "labels": labels,
        "numbers": lambda rows: Numbers(named(rows)),
    }
    return made[card.gives]
