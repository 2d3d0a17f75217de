"""Models of odd columns and shapes behind `apps.tabular`, against the libraries' own packages."""

import json
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost

from apps.build.columns import Told
from apps.card import Column
from engines.errors import ModelError

from .serving_models import answer_of, handler_of, with_null

FILES = Path(__file__).parent / "files"
OLD = json.loads((FILES / "xgboost-1.7.6-answers.json").read_text())
ROWS = 200
RANDOM = np.random.default_rng(0)
NUMBERS = RANDOM.normal(size=(ROWS, 3))
LABELS = (NUMBERS[:, 0] > 0).astype(int)
ODD_NAMES = ["net income", "it's 50% & more", "città 東京"]
SAVED = {"xgboost": "model.ubj", "lightgbm": "model.txt"}


def fitted(library: str, frame: Any, labels: Any, **settings: Any) -> Any:
    """A small classifier of a library."""
    if library == "xgboost":
        return xgboost.XGBClassifier(n_estimators=3, **settings).fit(frame, labels)
    model = lightgbm.LGBMClassifier(n_estimators=3, min_child_samples=2, verbosity=-1, **settings)
    return model.fit(frame, labels)


def saved(library: str, model: Any, folder: Path) -> Path:
    """The file of a model."""
    path = folder / SAVED[library]
    (model if library == "xgboost" else model.booster_).save_model(path)
    return path


def chances(answer: Any) -> list[list[float]]:
    """The chances of each row."""
    return [list(row.values()) for row in answer["probabilities"]]


@pytest.mark.parametrize("name", ["binary", "classes", "dart"])
def test_a_file_of_xgboost_1_7_is_answered_as_that_version_answered(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / "model.json"
    path.write_bytes((FILES / f"xgboost-1.7.6-{name}.json").read_bytes())
    answer = answer_of(handler_of(path), OLD[name]["rows"])
    wanted = OLD[name]["predictions"]
    if name == "dart":
        assert answer["predictions"] == pytest.approx(wanted, abs=1e-6)
    elif name == "binary":
        assert [pair[1] for pair in chances(answer)] == pytest.approx(wanted, abs=1e-6)
    else:
        assert np.allclose(chances(answer), wanted, rtol=0, atol=1e-6)


def test_names_may_have_spaces_quotes_and_any_letters(tmp_path: Path) -> None:
    frame = pd.DataFrame(NUMBERS, columns=ODD_NAMES)
    model = fitted("xgboost", frame, LABELS)
    rows = frame.head(9).to_dict("records")
    answer = answer_of(handler_of(saved("xgboost", model, tmp_path)), rows)
    assert np.allclose(chances(answer), model.predict_proba(frame.head(9)), rtol=0, atol=1e-6)


def test_a_name_with_a_quotation_mark_is_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame(NUMBERS, columns=["a", 'so "called"', "c"])
    path = saved("xgboost", fitted("xgboost", frame, LABELS), tmp_path)
    with pytest.raises(ModelError, match="quotation mark, a backslash or a control character"):
        handler_of(path)


def test_names_in_lightgbm_are_those_that_it_wrote(tmp_path: Path) -> None:
    frame = pd.DataFrame(NUMBERS, columns=["net income", "città", "a.b"])
    model = fitted("lightgbm", frame, LABELS)
    written = model.booster_.feature_name()
    assert written[0] == "net_income"
    rows = [dict(zip(written, row, strict=True)) for row in NUMBERS[:9].tolist()]
    answer = answer_of(handler_of(saved("lightgbm", model, tmp_path)), rows)
    assert np.allclose(chances(answer), model.predict_proba(frame.head(9)), rtol=0, atol=1e-12)


@pytest.mark.parametrize("library", SAVED)
def test_columns_without_names_are_numbered_or_named_by_columns_json(
    tmp_path: Path, library: str
) -> None:
    path = saved(library, fitted(library, NUMBERS, LABELS), tmp_path)
    prefix = {"xgboost": "f", "lightgbm": "Column_"}[library]
    row = NUMBERS[0].tolist()
    plain = answer_of(handler_of(path), [{f"{prefix}{i}": row[i] for i in range(3)}])
    told = Told(columns=[Column("a"), Column("b"), Column("c")])
    named = answer_of(handler_of(path, told), [dict(zip("abc", row, strict=True))])
    assert plain == named and "probabilities" in plain


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = saved("xgboost", fitted("xgboost", NUMBERS, LABELS), tmp_path)
    told = Told(columns=[Column("a"), Column("b"), Column("a")])
    with pytest.raises(ModelError, match="two columns have the name a"):
        handler_of(path, told)


def test_a_text_column_of_a_signature_is_refused_where_the_model_takes_numbers(
    tmp_path: Path,
) -> None:
    path = saved("xgboost", fitted("xgboost", NUMBERS, LABELS), tmp_path)
    told = Told(columns=[Column("a", kind="text"), Column("b"), Column("c")])
    with pytest.raises(ModelError, match="column a is text; the model takes numbers"):
        handler_of(path, told)


def test_a_signature_that_lacks_a_column_is_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame(NUMBERS, columns=["a", "b", "c"])
    path = saved("xgboost", fitted("xgboost", frame, LABELS), tmp_path)
    with pytest.raises(ModelError, match="a column c, which is not in its signature"):
        handler_of(path, Told(columns=[Column("a"), Column("b")], whole=True))


@pytest.mark.parametrize("library", SAVED)
def test_two_thousand_columns_are_served(tmp_path: Path, library: str) -> None:
    wide = RANDOM.normal(size=(60, 2000))
    model = fitted(library, wide, (wide[:, 0] > 0).astype(int))
    answer = answer_of(handler_of(saved(library, model, tmp_path)), wide[:5].tolist())
    assert np.allclose(chances(answer), model.predict_proba(wide[:5]), rtol=0, atol=1e-6)


@pytest.mark.parametrize("library", SAVED)
def test_trees_of_one_leaf_are_served(tmp_path: Path, library: str) -> None:
    settings = {"xgboost": {"gamma": 1e9}, "lightgbm": {"min_split_gain": 1e9}}[library]
    model = fitted(library, NUMBERS, LABELS, **settings)
    answer = answer_of(handler_of(saved(library, model, tmp_path)), NUMBERS[:5].tolist())
    assert len({*map(tuple, chances(answer))}) == 1
    assert np.allclose(chances(answer), model.predict_proba(NUMBERS[:5]), rtol=0, atol=1e-6)


@pytest.mark.parametrize("library", SAVED)
def test_categories_that_are_missing_are_answered_as_by_the_package(
    tmp_path: Path, library: str
) -> None:
    cities = pd.Categorical.from_codes(RANDOM.integers(-1, 3, ROWS), ["Paris", "Rome", "Oslo"])
    frame = pd.DataFrame({"age": NUMBERS[:, 0], "city": cities})
    frame.loc[::5, "age"] = np.nan
    labels = ((frame.city == "Paris") ^ (NUMBERS[:, 1] > 1)).astype(int)
    settings = {"enable_categorical": True} if library == "xgboost" else {}
    model = fitted(library, frame, labels, **settings)
    rows = with_null(frame.astype(object).where(frame.notna(), np.nan).to_numpy())
    answer = answer_of(handler_of(saved(library, model, tmp_path)), rows)
    assert np.allclose(chances(answer), model.predict_proba(frame), rtol=0, atol=1e-6)
