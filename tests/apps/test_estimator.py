"""The requests and answers of an estimator of scikit-learn."""

from pathlib import Path
from typing import Any

import pytest
import skops.io
from msgspec.json import encode

from apps.build.columns import Told
from apps.build.estimator import make_card
from apps.estimator import serve
from engines.sklearn.build.audit import audit
from engines.sklearn.estimator import Estimator

from ..engines.sklearn.pipelines import fitted


def handler_of(name: str, folder: Path) -> Any:
    """The Lambda function of a case."""
    path, card = str(folder / "model.skops"), folder / "card.json"
    skops.io.dump(fitted(name), path)
    types = audit(path, [])
    card.write_bytes(encode(make_card(Estimator(path, types, frames=True), Told())))
    return serve(Estimator(path, types), str(card))


ROW = {"age": 50.0, "income": 3.0, "city": "Paris", "rooms": 2, "note": "so so", "member": None}


def test_classes_are_answered_by_name_with_their_chances(tmp_path: Path) -> None:
    handler = handler_of("one-hot", tmp_path)
    answer = handler({"rows": [ROW, [*ROW.values()]]}, None)
    assert answer["predictions"] == ["leaves", "leaves"]
    first, second = answer["probabilities"]
    assert first == second and sum(first.values()) == pytest.approx(1)
    assert first.keys() == {"leaves", "stays"}


def test_an_unseen_category_is_refused_unless_the_encoder_takes_others(tmp_path: Path) -> None:
    rows = [ROW, {**ROW, "city": "Athens"}]
    refused = handler_of("one-hot", tmp_path)({"rows": rows}, None)
    assert refused["status"] == 400
    assert refused["message"] == "rows[1].city: must be one of Oslo, Paris, Rome, got 'Athens'"
    taken = handler_of("unseen cities are ignored", tmp_path)({"rows": rows}, None)
    assert len(taken["predictions"]) == 2


def test_null_is_refused_where_the_estimator_takes_none(tmp_path: Path) -> None:
    handler = handler_of("one-hot", tmp_path)
    refused = handler({"rows": [{**ROW, "city": None}]}, None)
    assert refused["status"] == 400 and "rows[0].city" in refused["message"]
    assert "predictions" in handler({"rows": [{**ROW, "income": None}]}, None)


def test_what_the_estimator_refuses_is_answered_in_its_words(tmp_path: Path) -> None:
    refused = handler_of("forest", tmp_path)({"rows": [[1e300, 1.0]]}, None)
    assert refused["status"] == 400
    assert "the model refuses these rows: Input X contains infinity" in refused["message"]


def test_numbers_are_answered_as_numbers(tmp_path: Path) -> None:
    answer = handler_of("two numbers", tmp_path)({"rows": [[50.0, 3.0]]}, None)
    assert answer["predictions"] == [[pytest.approx(103.0), pytest.approx(206.0)]]
