"""What docs/ shows of models' files: the requests of the pages, to models of this test."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost
from msgspec.json import encode

from apps.build.columns import Told
from apps.build.images import make_card
from apps.images.serving import serve
from engines.litert import Model
from tests.apps.images.served import told
from tests.apps.serving_models import answer_of, handler_of
from tests.pages import code_blocks, section, text_of
from tests.shared import shared_file

CITIES = ["Oslo", "Rome"]


def churn() -> xgboost.XGBClassifier:
    """Who is under 50 and lives in Rome leaves."""
    ages, cities = np.tile(np.arange(20, 85, 5), 4), np.repeat(CITIES, 26)
    frame = pd.DataFrame({"age": ages, "city": pd.Categorical(cities, CITIES)})
    leaves = (ages < 50) & (cities == "Rome")
    made = xgboost.XGBClassifier(n_estimators=10, max_depth=2, enable_categorical=True)
    return made.fit(frame, leaves.astype(int))


def test_the_answer_about_rows_is_as_the_page_and_the_package_have_it(tmp_path: Path) -> None:
    asked, shown = code_blocks(section("docs/models.md", "## Requests and answers"))[0].split(
        "\n\n"
    )
    (request,) = re.findall(r"-d '(.+)'", asked)
    model = churn()
    model.get_booster().save_model(tmp_path / "churn.ubj")
    handler = handler_of(tmp_path / "churn.ubj", Told(classes=["stays", "leaves"]))
    rows = json.loads(request)["rows"]
    answer = answer_of(handler, rows)
    frame = pd.DataFrame(rows)
    chances = model.predict_proba(frame.assign(city=pd.Categorical(frame["city"], CITIES)))
    for told_, chance in zip(answer["probabilities"], chances, strict=True):
        assert [told_["stays"], told_["leaves"]] == pytest.approx(chance, abs=1e-6)
    page = json.loads(shown)
    assert answer["predictions"] == page["predictions"]
    for told_, written in zip(answer["probabilities"], page["probabilities"], strict=True):
        assert told_ == pytest.approx(written, abs=1e-6)


def test_the_answer_about_a_photograph_is_as_the_page_has_it(tmp_path: Path) -> None:
    said, _, shown = code_blocks(text_of("docs/photographs.md"))[0].split("\n\n")
    model = shared_file("mobilenet_v2_1.0_224_int8.tflite")
    fields: dict[str, Any] = json.loads(said)
    card = make_card(Model(model, 1), told(**fields), "", str(model))
    (tmp_path / "card.json").write_bytes(encode(card))
    photograph = base64.b64encode(shared_file("dog.jpg").read_bytes()).decode()
    handler = serve(Model(model, 1), str(tmp_path / "card.json"))
    assert handler({"input_image": photograph, "n_predictions": 3}, None) == json.loads(shown)
