"""Answers: numbers, or classes by name."""

import struct
from math import nan
from typing import Any

import msgspec
import pytest

from apps.card import Card, Column
from apps.predictions import answer_type, answers
from engines.tensor import KINDS, Tensor

FLOAT32 = KINDS[1]
COLUMNS = [Column("x")]


def answered(card: Card, shape: tuple[int, ...], *numbers: float) -> Any:
    tensor = Tensor(shape, struct.pack(f"<{len(numbers)}f", *numbers))
    body = msgspec.json.encode(answers(card, FLOAT32)(tensor))
    msgspec.json.decode(body, type=answer_type(card))
    return msgspec.json.decode(body)


def test_a_number_for_each_row() -> None:
    assert answered(Card(COLUMNS, "number"), (2,), 1.5, nan) == {"predictions": [1.5, None]}


def test_several_numbers_for_each_row() -> None:
    card = Card(COLUMNS, "numbers")
    assert answered(card, (2, 2), 1, 2, 3, 4) == {"predictions": [[1, 2], [3, 4]]}


def test_a_chance_is_that_of_the_second_class() -> None:
    card = Card(COLUMNS, "chance", ["stays", "leaves"])
    assert answered(card, (3,), 0.25, 0.75, 0.5) == {
        "predictions": ["stays", "leaves", "stays"],
        "probabilities": [
            {"stays": 0.75, "leaves": 0.25},
            {"stays": 0.25, "leaves": 0.75},
            {"stays": 0.5, "leaves": 0.5},
        ],
    }


def test_the_likeliest_class_is_predicted_and_the_first_of_equal_ones() -> None:
    card = Card(COLUMNS, "chances", [10, 20, 30])
    answer = answered(card, (2, 3), 0.25, 0.25, 0.5, 0.5, 0.5, 0)
    assert answer["predictions"] == [30, 10]
    assert answer["probabilities"][1] == {"10": 0.5, "20": 0.5, "30": 0}


def test_a_code_is_answered_as_its_class() -> None:
    card = Card(COLUMNS, "code", ["a", "b", "c"])
    assert answered(card, (3,), 2, 0, 1) == {"predictions": ["c", "a", "b"]}


def test_the_unit_of_a_number_stands_in_the_schema() -> None:
    schema = msgspec.json.schema(answer_type(Card(COLUMNS, "number", unit="$1000")))
    assert "in $1000" in str(schema)


@pytest.mark.parametrize("gives", ["number", "numbers"])
def test_the_type_of_numbers_says_that_they_are_numbers(gives: Any) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"predictions": ["a"]}, answer_type(Card(COLUMNS, gives)))
