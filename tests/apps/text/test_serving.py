"""A request of texts is answered text by text, whatever its size, and refused where it is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest

from apps.text.batches import MAX_BATCH_TOKENS, batches
from tests.apps.text.models import MAX_TOKENS, NAMES, expected, model
from tests.serving.recorded import reply_of, request

TEXTS = ["good film", "bad", "день 猫 film good", "é", "", "unknown good"]


@pytest.fixture
def function(tmp_path: Path) -> Any:
    return model(tmp_path)


def close(actual: list[list[float]], texts: list[str]) -> bool:
    pairs = zip(actual, map(expected, texts), strict=True)
    return all(one == pytest.approx(other, abs=1e-6) for one, other in pairs)


def test_a_list_is_answered_in_its_order_and_a_text_as_a_list_of_one(function: Any) -> None:
    assert close(function({"inputs": TEXTS}, None)["embeddings"], TEXTS)
    assert close(function({"inputs": TEXTS[0]}, None)["embeddings"], TEXTS[:1])


def test_texts_that_fill_many_batches_are_answered_in_their_order(function: Any) -> None:
    texts = [" ".join(["good"] * (n % 6)) + " film" * (n % 2) for n in range(1500)]
    assert close(function({"inputs": texts}, None)["embeddings"], texts)


def test_a_batch_holds_texts_of_like_length_up_to_a_number_of_tokens() -> None:
    lengths = [7, 4000, 3, 5000, 256, 256, 9] * 20
    made = list(batches(lengths))
    assert sorted(position for batch in made for position in batch) == list(range(len(lengths)))
    for batch in made:
        longest = max(lengths[position] for position in batch)
        assert len(batch) == 1 or len(batch) * longest <= MAX_BATCH_TOKENS
    ordered = [lengths[position] for batch in made for position in batch]
    assert ordered == sorted(lengths)


@pytest.mark.parametrize("position", [0, 2])
def test_a_text_that_is_too_long_is_refused_with_both_counts(function: Any, position: int) -> None:
    texts = ["good"] * 3
    texts[position] = "film " * 20
    answer = function({"inputs": texts}, None)
    assert answer == {
        "status": 400,
        "message": f"inputs[{position}] has 22 tokens, the model takes at most {MAX_TOKENS}:"
        ' shorten the text, or let its end be left out with "truncate": true',
    }


def test_truncate_leaves_out_the_end_but_not_what_the_tokenizer_adds(function: Any) -> None:
    long = "good bad film день 猫 é bad bad good"
    answer = function({"inputs": [long, "bad"], "truncate": True}, None)
    assert close(answer["embeddings"], ["good bad film день 猫 é", "bad"])
    assert function({"inputs": long}, None)["status"] == 400  # the next request is not truncated


def test_the_longest_text_that_the_model_takes_is_taken(function: Any) -> None:
    text = "good " * (MAX_TOKENS - 2)
    assert close(function({"inputs": text}, None)["embeddings"], [text])
    assert function({"inputs": text + "good"}, None)["status"] == 400


def test_a_text_is_put_into_lower_case_where_the_card_says_so(tmp_path: Path) -> None:
    function = model(tmp_path, gives="embeddings", size=3, lowercase=True)
    assert close(function({"inputs": "GOOD Film"}, None)["embeddings"], ["good film"])


def test_the_log_counts_the_tokens_that_were_read(function: Any, capsys: Any) -> None:
    function({"inputs": ["good film", "bad"]}, None)
    function({"inputs": "film " * 20}, None)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["tokens"] for line in lines] == [7, None]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Object missing required field inputs"),
        ({"inputs": []}, "inputs: expected array of length >= 1"),
        ({"inputs": [1]}, "inputs[0]: expected str, got int"),
        ({"inputs": ["a"] * 2049}, "inputs: expected array of length <= 2048"),
        ({"inputs": "a" * 100_001}, "inputs: expected str of length <= 100000"),
        ({"inputs": "a", "truncate": 1}, "truncate: expected bool, got int"),
        (
            {"text": "a"},
            "Object missing required field inputs;"
            " Object contains unknown field text, expected one of inputs, truncate",
        ),
    ],
)
def test_another_request_is_refused(function: Any, body: Any, message: str) -> None:
    assert function(body, None) == {"status": 400, "message": message}


def test_the_likeliest_label_is_predicted_with_the_chance_of_each(tmp_path: Path) -> None:
    row = expected("good")
    answer = model(tmp_path, gives="label", **NAMES)({"inputs": "good"}, None)
    (chances,) = answer["probabilities"]
    assert list(chances) == NAMES["labels"]
    assert list(chances.values()) == pytest.approx(row, abs=1e-6)
    assert answer["predictions"] == [max(chances, key=chances.__getitem__)]


def test_of_several_labels_those_from_a_half_on_are_predicted(tmp_path: Path) -> None:
    answer = model(tmp_path, gives="labels", **NAMES)({"inputs": ["猫", "é", "bad"]}, None)
    for predicted, chances in zip(answer["predictions"], answer["probabilities"], strict=True):
        assert predicted == [name for name, chance in chances.items() if chance >= 0.5]


def test_numbers_are_given_by_name(tmp_path: Path) -> None:
    answer = model(tmp_path, gives="numbers", **NAMES)({"inputs": "bad film"}, None)
    assert list(answer["predictions"][0].values()) == pytest.approx(expected("bad film"), abs=1e-6)


def test_the_document_describes_texts(function: Any) -> None:
    event = request("rest", body=None, method="GET", path="/predict/openapi.json")
    schemas = reply_of(function(event, None)).body["components"]["schemas"]
    assert schemas["Request"]["required"] == ["inputs"]
    assert schemas["Embeddings"]["required"] == ["embeddings"]
