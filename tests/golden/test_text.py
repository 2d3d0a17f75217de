"""The check of a model of texts: what it asks, and which answers end a build."""

import json
from typing import Any

import pytest

from golden.text.answers import answer
from golden.text.compare import broken_bound, measure
from golden.text.telling import told
from golden.text.texts import TEXTS, draw

ROWS = [[1.0, 0.0], [0.6, 0.8], [0.0, 2.0]]
EXACT, INT8 = "exact", "int8"


def words(text: str) -> int:
    """A tokenizer for the tests: a token for each word, and two more."""
    return len(text.split()) + 2


def test_the_texts_have_all_lengths_and_many_scripts() -> None:
    texts = draw(words, 256)
    lengths = [words(text) for text in texts]
    assert (len(texts), min(lengths), max(lengths)) == (TEXTS, 3, 256)
    assert len({length // 16 for length in lengths}) == 17
    blocks = {ord(character) >> 8 for text in texts for character in text}
    assert {0x00, 0x03, 0x04, 0x05, 0x06, 0x09, 0x0E, 0x30, 0x4E, 0xAC, 0x1F6} <= blocks
    assert draw(words, 256) == texts


def test_the_texts_fit_into_the_model() -> None:
    assert max(map(words, draw(words, 20))) == 20


def off(*changes: tuple[int, int, float]) -> list[list[float]]:
    """The rows with some numbers changed by so much."""
    rows = [list(row) for row in ROWS]
    for row, column, change in changes:
        rows[row][column] += change
    return rows


@pytest.mark.parametrize("labels", [False, True])
@pytest.mark.parametrize("precision", [EXACT, INT8])
def test_equal_answers_break_no_bound(precision: str, labels: bool) -> None:
    loss = measure(ROWS, off((0, 0, 9e-5)))
    assert loss.difference == pytest.approx(9e-5)
    assert broken_bound(loss, precision, labels) == ""


@pytest.mark.parametrize(
    ("rows", "precision", "labels", "problem"),
    [
        (off((2, 1, 2e-4)), EXACT, False, "a number is 0.000200 off"),
        (off((1, 0, float("nan"))), EXACT, False, "a number is inf off"),
        (off((1, 0, 0.6)), INT8, False, "a cosine is 0.9430, at least 0.95 is taken"),
        (off((1, 0, float("nan"))), INT8, False, "a cosine is -1.0"),
        (off((1, 0, 0.3)), INT8, True, "33.3% of the labels change, 5% are taken"),
    ],
)
def test_answers_that_are_off_break_a_bound(
    rows: list[list[float]], precision: str, labels: bool, problem: str
) -> None:
    assert problem in broken_bound(measure(ROWS, rows), precision, labels)


def test_int8_may_be_a_little_off_and_its_loss_is_told() -> None:
    loss = measure(ROWS, off((1, 0, 0.1)))
    assert broken_bound(loss, INT8, labels=False) == ""
    assert loss.cosine == pytest.approx((0.7 * 0.6 + 0.8 * 0.8) / (0.7**2 + 0.8**2) ** 0.5)
    assert (loss.worst, loss.changed) == (1, 0.0)


@pytest.mark.parametrize(
    ("gives", "expected"),
    [
        ("embeddings", {"embeddings": [[0.6, 0.4]]}),
        ("numbers", {"predictions": [{"a": 0.6, "b": 0.4}]}),
        ("label", {"predictions": ["a"], "probabilities": [{"a": 0.6, "b": 0.4}]}),
        ("labels", {"predictions": [["a"]], "probabilities": [{"a": 0.6, "b": 0.4}]}),
    ],
)
def test_an_answer_is_in_the_words_of_the_app(gives: str, expected: Any) -> None:
    card = {"gives": gives, "labels": ["a", "b"]}
    assert answer(card, [[0.6, 0.4]]) == expected


def test_a_person_reads_what_a_text_may_be_and_what_it_gives() -> None:
    card = {"gives": "embeddings", "size": 384, "pooling": ["mean"], "normalize": True}
    said = told({**card, "max_tokens": 256, "lowercase": False}, EXACT)
    assert "at most 256 tokens" in said
    assert "An embedding has 384 numbers, by pooling mean, of length 1." in said
    labels = json.loads('{"gives": "label", "labels": ["joy", "anger"]}')
    assert "labels joy, anger" in told({**labels, "max_tokens": 9, "lowercase": True}, INT8)
