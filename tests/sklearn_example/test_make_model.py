"""sklearn-example: its files are those that its maker and `-n` make, and it answers as they say."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from apps.build.card import read_told
from apps.build.estimator import make_card
from apps.estimator import serve
from engines.sklearn.build.audit import audit
from engines.sklearn.estimator import Estimator
from tests.model_directory import REPOSITORY

EXAMPLE = REPOSITORY / "sklearn-example"
MODEL = str(EXAMPLE / "app" / "model.skops")
STARTER = REPOSITORY / "starters" / "sklearn"


@pytest.fixture
def maker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module that makes the model."""
    monkeypatch.syspath_prepend(str(EXAMPLE))
    import make_model  # type: ignore[import-not-found]  # found by the path above

    yield make_model
    sys.modules.pop("make_model")


@pytest.fixture
def handler(tmp_path: Path) -> Any:
    """The Lambda function, as the image has it."""
    estimator = Estimator(MODEL, audit(MODEL, []))
    told = read_told(str(EXAMPLE / "app" / "columns.json"))
    card = make_card(Estimator(MODEL, audit(MODEL, []), frames=True), told)
    (tmp_path / "card.json").write_bytes(msgspec.json.encode(card))
    return serve(estimator, str(tmp_path / "card.json"))


@pytest.mark.parametrize(
    "name", ["Dockerfile", "requirements-golden.txt", "app/app.py", "app/requirements.txt"]
)
def test_its_files_are_those_of_the_starter(name: str) -> None:
    assert (EXAMPLE / name).read_text() == (STARTER / name).read_text()


def test_the_model_is_what_its_maker_trains(maker: Any) -> None:
    training, held_out = maker.train_test_split(
        maker.read_table(), test_size=maker.HELD_OUT_SHARE, random_state=maker.SEED
    )
    columns = maker.NAMES + maker.MEASURES
    fitted = maker.make_estimator().fit(training[columns], training[maker.TARGET])
    rows = held_out[columns].to_numpy().tolist()
    _, chances = Estimator(MODEL, audit(MODEL, [])).predict(rows, {0, 1})
    assert chances
    assert np.allclose(chances, fitted.predict_proba(held_out[columns]), rtol=0, atol=1e-6)
    assert maker.card(fitted, training, held_out) in (EXAMPLE / "README.md").read_text()


def test_the_golden_request_is_answered(handler: Any) -> None:
    golden = json.loads((EXAMPLE / "example.json").read_text())
    answer = handler(golden["request"], None)
    assert answer["predictions"] == golden["answer"]["predictions"]
    for given, wanted in zip(
        answer["probabilities"], golden["answer"]["probabilities"], strict=True
    ):
        assert given == pytest.approx(wanted, abs=golden["tolerance"])


def test_an_unseen_island_and_missing_measures_are_taken_and_a_negative_one_is_not(
    handler: Any,
) -> None:
    row = ["Gentoo", "Elsewhere", 45.0, None, 210.0, 5000.0]
    assert handler({"rows": [row]}, None)["predictions"][0] in ("female", "male")
    refused = handler({"rows": [[*row[:5], -1.0]]}, None)
    assert refused["status"] == 400 and "rows[0][5]" in refused["message"]
