"""An estimator of scikit-learn, without pandas and with it, against the library's own package."""

import json
import warnings
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from apps.build.columns import Told
from apps.build.estimator import make_card
from apps.card import Card, text_columns
from engines.errors import ModelError, RunError
from engines.sklearn.build.audit import audit
from engines.sklearn.build.columns import columns_of
from engines.sklearn.estimator import Estimator
from golden.rows import draw
from golden.sklearn import Library

from ..running import run_alone
from .pipelines import CASES, FRAME, fitted

# Of these, what a request may be missing, by the library's own check.
MAY_BE_MISSING = {"missing cities are imputed", "missing cities are a category", "codes"}


def saved(name: str, folder: Path) -> str:
    """The file of a case."""
    path = str(folder / "model.skops")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of networks that have not converged
        skops.io.dump(fitted(name), path)
    return path


def card_of(path: str, told: Told | None = None) -> Card:
    """The card of a file."""
    return make_card(Estimator(path, audit(path, []), frames=True), told or Told())


def shown(card: Card) -> list[dict[str, Any]]:
    """The columns of a card, as the golden stage reads them."""
    columns: list[dict[str, Any]] = msgspec.to_builtins(card)["columns"]
    return columns


@pytest.mark.parametrize("name", CASES)
def test_every_estimator_is_predicted_as_by_the_package_with_pandas_and_without(
    tmp_path: Path, name: str
) -> None:
    path = saved(name, tmp_path)
    card, library = card_of(path), Library(path)
    columns = shown(card)
    rows = draw(columns, library.numbers)
    wanted = library.predict(columns, rows)
    for frames in (False, True):
        estimator = Estimator(path, audit(path, []), frames)
        for chosen in (slice(None), slice(1), slice(1, 2)):
            values, chances = estimator.predict(rows[chosen], text_columns(card.columns))
            assert np.allclose(values, wanted.predictions[chosen], rtol=0, atol=1e-9)
            assert (chances is None) == (wanted.chances is None)
            if chances is not None and wanted.chances is not None:
                assert np.allclose(chances, wanted.chances[chosen], rtol=0, atol=1e-12)


def test_the_columns_are_those_that_the_transformers_name(tmp_path: Path) -> None:
    columns = {column.name: column for column in card_of(saved("text", tmp_path)).columns}
    assert [*columns] == [*FRAME.columns]
    kinds = {name: column.kind for name, column in columns.items()}
    assert kinds["note"] == "text" and kinds["age"] == "float" and kinds["city"] == "unused"


def test_categories_are_those_of_training_and_others_where_the_encoder_takes_them(
    tmp_path: Path,
) -> None:
    found = {}
    for name in ("one-hot", "unseen cities are ignored"):
        found[name] = card_of(saved(name, tmp_path)).columns[2]
        assert found[name].categories == [*sorted(FRAME.city.unique())]
    assert [column.others for column in found.values()] == [False, True]


def test_a_value_may_be_missing_where_the_library_takes_it(tmp_path: Path) -> None:
    required = [column.required for column in card_of(saved("one-hot", tmp_path)).columns]
    assert required[:3] == [False, False, True]  # the numbers are imputed, the city is not
    for name in MAY_BE_MISSING:
        assert not card_of(saved(name, tmp_path)).columns[2].required


def test_values_that_the_library_refuses_are_refused_in_its_words(tmp_path: Path) -> None:
    path = saved("one number", tmp_path)
    with pytest.raises(RunError, match="Input X contains NaN"):
        Estimator(path, audit(path, [])).predict([[1.0, None]])


def test_classes_are_renamed_and_counted(tmp_path: Path) -> None:
    path = saved("true and false", tmp_path)
    assert card_of(path).classes == [False, True]
    assert card_of(path, Told(classes=["leaves", "stays"])).classes == ["leaves", "stays"]
    with pytest.raises(ModelError, match="names 3 classes, the model has 2"):
        card_of(path, Told(classes=["a", "b", "c"]))


def test_an_estimator_that_predicts_nothing_or_several_classes_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "model.skops")
    scaler = CASES["no chances"].estimator.steps[0][1]
    skops.io.dump(scaler.fit(FRAME[["age"]]), path)
    with pytest.raises(ModelError, match="StandardScaler, which predicts nothing"):
        Estimator(path, audit(path, []))
    two = np.c_[FRAME.member, FRAME.rooms > 1].astype(int)
    skops.io.dump(CASES["no names"].estimator.fit(FRAME[["age"]], two), path)
    with pytest.raises(ModelError, match="several classes"):
        card_of(path)


ALL_OF_IT = """
import sys, json
from engines.sklearn.estimator import Estimator
path, types = sys.argv[1:]
predicted = Estimator(path, json.load(open(types))).predict([[50.0, 3.0]])
print(json.dumps([predicted.values, "sklearn.semi_supervised" in sys.modules]))
"""


def test_a_start_imports_only_what_the_estimator_needs(tmp_path: Path) -> None:
    path = saved("one number", tmp_path)
    types = tmp_path / "types.json"
    types.write_text(json.dumps(audit(path, [])))
    values, whole = json.loads(run_alone(tmp_path, ALL_OF_IT, Path(path), types))
    assert whole is False
    assert values == Library(path).predict([{}, {}], [[50.0, 3.0]]).predictions


@pytest.mark.parametrize("unknown", ["error", "ignore"])
def test_categories_that_json_cannot_have_are_refused(tmp_path: Path, unknown: str) -> None:
    days = pd.DataFrame({"day": pd.date_range("2020-01-01", periods=4), "n": [1.0, 2, 3, 4]})
    encoder = OneHotEncoder(handle_unknown=unknown)
    made = make_column_transformer((encoder, ["day"]), remainder="passthrough")
    model = make_pipeline(made, LinearRegression()).fit(days, days["n"])
    with pytest.raises(ModelError, match="which no request can have"):
        columns_of(model)


def test_a_model_of_texts_alone_is_refused_with_the_way_out() -> None:
    model = make_pipeline(TfidfVectorizer(), LinearRegression()).fit(
        ["red car", "blue car"], [1, 2]
    )
    with pytest.raises(ModelError, match="make_column_transformer"):
        columns_of(model)
