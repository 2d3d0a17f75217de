"""Requests made from a model's document: no answer is 5xx, none is other than the document says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost

from apps.card import Card, Column
from apps.tensors import serve
from engines.onnx import Session
from engines.xgboost import Booster
from tests.apps.doors.onnx_model import halves
from tests.apps.doors.served import tabular
from tests.model_directory import import_app
from tests.pytorch_example.stand_in import MODULES
from tests.serving.fuzzing import findings
from tests.serving.loopback import Handler, listening

CITIES = ["Oslo", "Rome", "São Paulo"]
COLUMNS = [
    Column("age", "int", minimum=0, maximum=120, unit="years"),
    Column("income, monthly", required=True, description="before taxes"),
    Column("city", "categorical", [*CITIES]),
    Column("member", "bool"),
]


def rows(folder: Path) -> Handler:
    """A classifier of rows of mixed columns, behind the doors too."""
    generator = np.random.default_rng(0)
    data = pd.DataFrame(generator.random((200, 4)), columns=["age", "income", "city", "member"])
    trained = xgboost.XGBClassifier(n_estimators=2, max_depth=2)
    trained.fit(data.to_numpy(), (data["age"] > 0.5).astype(int))
    trained.get_booster().save_model(folder / "model.ubj")
    card = Card(COLUMNS, "chance", ["stays", "leaves"], description="Whether a customer leaves.")
    return tabular(Booster(str(folder / "model.ubj")), card, folder)


def example(name: str) -> Callable[[Path], Handler]:
    """An example's app."""
    return lambda folder: import_app(name)["app"].handler


MODELS: dict[str, Callable[[Path], Handler]] = {
    "base-example": example("base-example"),
    "xgboost-example": example("xgboost-example"),
    "rows": rows,
    "tensors": lambda folder: serve(Session(str(halves(folder / "model.onnx")))),
    "photographs": lambda folder: MODULES["app"].handler,
}
# No document says which bytes are a photograph, nor how many a tensor has whose shape is open.
EXCLUDED = {name: ["positive_data_acceptance"] for name in ("photographs", "tensors")}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_answers_as_its_document_says_and_never_with_5xx(name: str, tmp_path: Path) -> None:
    with listening(MODELS[name](tmp_path)) as url:
        found = findings(f"{url}/predict", tmp_path, *EXCLUDED.get(name, []))
    assert not found, found


def test_what_the_document_does_not_say_is_found(tmp_path: Path) -> None:
    """Else the other tests could not fail."""

    def wrong(event: Any, context: Any) -> Any:
        reply = import_app("base-example")["app"].handler(event, context)
        return {**reply, "statusCode": 418 if reply["statusCode"] == 400 else reply["statusCode"]}

    with listening(wrong) as url:
        assert "418" in findings(f"{url}/predict", tmp_path)
