"""What an engine gives for rows, as an answer: numbers, or classes by name with their chances."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import msgspec

from apps.card import Card, Label
from apps.table import said_of
from engines.tensor import Kind, Tensor, nested


class Classes(msgspec.Struct):
    """The likeliest class of each row, and the chance of each class."""

    predictions: list[Label]
    probabilities: list[dict[str, float]]


class Codes(msgspec.Struct):
    """The class of each row."""

    predictions: list[Label]


def answer_type(card: Card) -> Any:
    """Make the type of the answers."""
    if card.gives in ("chance", "chances"):
        return Classes
    if card.gives == "code":
        return Codes
    number: Any = float | None
    if said := said_of("", card.unit):
        number = Annotated[number, said]
    each: Any = number if card.gives == "number" else list[number]
    doc = {"__doc__": "The prediction for each row; null where the model gives none."}
    return msgspec.defstruct("Answer", [("predictions", list[each])], namespace=doc)


def answers(card: Card, kind: Kind) -> Callable[[Tensor], Any]:
    """Make the function that turns the engine's output, of this kind, into an answer."""
    type_, names = answer_type(card), [str(label) for label in card.classes]

    def numbers(tensor: Tensor) -> Any:
        return type_(nested(kind, tensor))

    def codes(tensor: Tensor) -> Any:
        return Codes([card.classes[int(code)] for code in nested(kind, tensor)])

    def chances(tensor: Tensor) -> Any:
        rows = nested(kind, tensor)
        if card.gives == "chance":
            rows = [(1 - chance, chance) for chance in rows]
        likeliest = [card.classes[_likeliest(row)] for row in rows]
        return Classes(likeliest, [dict(zip(names, row, strict=True)) for row in rows])

    return {"code": codes, "chance": chances, "chances": chances}.get(card.gives, numbers)


def _likeliest(chances: Sequence[float]) -> int:
    """The class of the greatest chance, the first of equal ones, as in the libraries."""
    return chances.index(max(chances))
