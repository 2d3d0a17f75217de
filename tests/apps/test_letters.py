"""A category in another form of Unicode: refused, with the form to send, by each kind of model.

The libraries take é and e with an accent for two categories: a model would answer another number.
"""

import json
from pathlib import Path
from typing import Any, Literal
from unicodedata import normalize

import lightgbm
import numpy as np
import pandas as pd
import pytest
import skops.io
import xgboost
from msgspec.json import encode
from sklearn.compose import make_column_transformer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from apps.build.card import main as make_card
from apps.build.columns import Told
from apps.build.estimator import make_card as make_estimator_card
from apps.estimator import serve as serve_estimator
from apps.tabular import serve
from engines.lightgbm import Booster as LightgbmBooster
from engines.sklearn.build.audit import audit
from engines.sklearn.estimator import Estimator
from engines.xgboost import Booster as XgboostBooster

Form = Literal["NFC", "NFD"]
OTHER: dict[Form, Form] = {"NFC": "NFD", "NFD": "NFC"}
CITIES = ["Oslo", "São Paulo", "Zürich"]


def frame(form: Form) -> tuple[Any, Any]:
    """Cities, and a price that depends on which it is."""
    codes = np.random.default_rng(0).integers(0, 3, 300)
    names = [normalize(form, city) for city in CITIES]
    return pd.DataFrame({"city": pd.Categorical.from_codes(codes, names)}), codes * 10.0


def of_xgboost(form: Form, folder: Path) -> Any:
    columns = {"columns": [{"name": "city", "categories": [normalize(form, c) for c in CITIES]}]}
    (folder / "columns.json").write_text(json.dumps(columns))
    model = xgboost.XGBRegressor(n_estimators=5, enable_categorical=True, n_jobs=1)
    model.fit(*frame(form)).save_model(folder / "model.ubj")
    return served("xgboost", XgboostBooster, folder / "model.ubj")


def of_lightgbm(form: Form, folder: Path) -> Any:
    model = lightgbm.LGBMRegressor(n_estimators=5, verbosity=-1, num_threads=1)
    model.fit(*frame(form)).booster_.save_model(folder / "model.txt")
    return served("lightgbm", LightgbmBooster, folder / "model.txt")


def served(library: str, engine: Any, model: Path) -> Any:
    card = str(model.with_name("card.json"))
    columns = str(model.with_name("columns.json"))
    make_card([f"engines.{library}:Booster", str(model), columns, card])
    return serve(engine(model), card)


def pipeline(form: Form, unknown: str) -> Any:
    cities, prices = frame(form)
    encoder = OneHotEncoder(handle_unknown=unknown, sparse_output=False)
    made = make_pipeline(make_column_transformer((encoder, ["city"])), LinearRegression())
    return made.fit(cities.astype(str), prices)


def of_skops(form: Form, folder: Path, unknown: str = "error") -> Any:
    path, card = str(folder / "model.skops"), folder / "card.json"
    skops.io.dump(pipeline(form, unknown), path)
    types = audit(path, [])
    made = make_estimator_card(Estimator(path, types, frames=True), Told())
    card.write_bytes(encode(made))
    return serve_estimator(Estimator(path, types), str(card))


def of_skops_that_takes_others(form: Form, folder: Path) -> Any:
    return of_skops(form, folder, "ignore")


MAKERS = [of_xgboost, of_lightgbm, of_skops, of_skops_that_takes_others]


@pytest.mark.parametrize("form", OTHER)
@pytest.mark.parametrize("maker", MAKERS)
def test_a_category_in_another_form_is_refused_with_the_form_to_send(
    maker: Any, form: Form, tmp_path: Path
) -> None:
    app = maker(form, tmp_path)
    rows = [{"city": normalize(form, city)} for city in CITIES]
    oslo, _, zurich = app({"rows": rows}, None)["predictions"]
    assert zurich > oslo + 1
    other = normalize(OTHER[form], "Zürich")
    refused = app({"rows": [*rows, {"city": other}]}, None)
    assert refused["status"] == 400
    assert refused["message"].startswith("rows[3].city: ")
    rule = f"a category has these letters, in the Unicode form {form}: send that"
    assert refused["message"].endswith(f"got {other!r}: {rule}")


@pytest.mark.parametrize("form", OTHER)
def test_scikit_learn_itself_would_answer_another_number(form: Form) -> None:
    ignoring = pipeline(form, "ignore")
    own, other = (pd.DataFrame({"city": [normalize(f, "Zürich")]}) for f in (form, OTHER[form]))
    assert abs(ignoring.predict(own)[0] - ignoring.predict(other)[0]) > 1


def test_other_categories_are_taken_where_the_encoder_takes_them(tmp_path: Path) -> None:
    app = of_skops_that_takes_others("NFC", tmp_path)
    answered = app({"rows": [{"city": city} for city in ("Köln", "Zurich", "zürich", None)]}, None)
    assert len(answered["predictions"]) == 4
