"""From a model's file to compared answers, as in a build: the library's package and the app."""

import json
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest
import xgboost

from apps.build.card import main as make_card
from apps.tabular import serve
from engines.lightgbm import Booster as LightgbmBooster
from engines.xgboost import Booster as XgboostBooster
from golden.__main__ import main as make_golden
from golden.compare import differences

ENGINES: dict[str, Any] = {"xgboost": XgboostBooster, "lightgbm": LightgbmBooster}
ROWS = 300


def frame(with_names: bool) -> Any:
    """Mixed columns; without names all of them are numbers."""
    generator = np.random.default_rng(0)
    numbers = generator.normal(size=(ROWS, 3)).round(2)
    numbers[generator.random((ROWS, 3)) < 0.05] = np.nan
    if not with_names:
        return numbers
    made = pd.DataFrame(numbers, columns=["width, mm", "Höhe", "z"])
    made["count"] = generator.integers(0, 9, ROWS)
    made["city"] = pd.Categorical(generator.choice(["Oslo", "Paris", "New York"], ROWS))
    return made


def target(data: Any, classes: int) -> Any:
    first = np.nan_to_num(np.asarray(data)[:, 0].astype(float))
    return (np.digitize(first, [-0.5, 0.5]) % classes) if classes else first * 3 + 1


def xgboost_model(path: Path, classes: int, with_names: bool) -> str:
    data = frame(with_names)
    kind = xgboost.XGBClassifier if classes else xgboost.XGBRegressor
    model = kind(n_estimators=8, max_depth=3, enable_categorical=True, n_jobs=1)
    model.fit(data, target(data, classes)).save_model(path / "model.ubj")
    return "model.ubj"


def lightgbm_model(path: Path, classes: int, with_names: bool) -> str:
    data = frame(with_names)
    kind = lightgbm.LGBMClassifier if classes else lightgbm.LGBMRegressor
    model = kind(n_estimators=8, verbosity=-1, num_threads=1, min_child_samples=5)
    model.fit(data, target(data, classes)).booster_.save_model(path / "model.txt")
    return "model.txt"


MAKERS = {"xgboost": xgboost_model, "lightgbm": lightgbm_model}


@pytest.fixture(params=[(library, classes) for library in MAKERS for classes in (0, 2, 3)])
def built(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Any, Path]:
    """An app, and the folder with what its library answers."""
    library, classes = request.param
    model = str(tmp_path / MAKERS[library](tmp_path, classes, with_names=library == "xgboost"))
    return build(library, model, tmp_path)


def build(library: str, model: str, folder: Path) -> tuple[Any, Path]:
    card = str(folder / "card.json")
    make_card([f"engines.{library}:Booster", model, str(folder / "columns.json"), card])
    make_golden([library, model, card, str(folder / "golden")])
    return serve(ENGINES[library](model), card), folder / "golden"


def whole_case(folder: Path) -> dict[str, Any]:
    """The cases of a build as one, which are parts of what a request may hold."""
    cases = json.loads((folder / "cases.json").read_bytes())
    answers = {
        name: [value for case in cases for value in case["answer"][name]]
        for name in cases[0]["answer"]
    }
    rows = [row for case in cases for row in case["request"]["rows"]]
    return {"request": {"rows": rows}, "answer": answers}


def test_the_app_answers_as_the_library(built: tuple[Any, Path]) -> None:
    app, folder = built
    case = whole_case(folder)
    assert len(case["request"]["rows"]) == 200
    assert not [*differences(case["answer"], app(case["request"], None))]


def test_the_golden_request_is_two_rows_one_of_them_whole(built: tuple[Any, Path]) -> None:
    app, folder = built
    example = json.loads((folder / "example.json").read_bytes())
    whole, _ = example["request"]["rows"]
    assert None not in whole.values()
    assert app(example["request"], None)["predictions"] == pytest.approx(
        example["answer"]["predictions"], abs=example["tolerance"]
    )


def test_the_predictions_of_the_rows_differ(built: tuple[Any, Path]) -> None:
    _, folder = built
    case = whole_case(folder)
    assert len({str(row) for row in case["answer"]["predictions"]}) > 1


def test_categories_of_lightgbm_are_compared_by_name(tmp_path: Path) -> None:
    model = str(tmp_path / lightgbm_model(tmp_path, 2, with_names=False))
    data = frame(with_names=True).rename(columns={"width, mm": "width", "Höhe": "height"})
    fitted = lightgbm.LGBMClassifier(n_estimators=8, verbosity=-1, min_child_samples=5)
    fitted.fit(data, data["city"] == "Oslo").booster_.save_model(model)
    app, folder = build("lightgbm", model, tmp_path)
    case = whole_case(folder)
    assert {row["city"] for row in case["request"]["rows"]} >= {"Oslo", "New York"}
    assert not [*differences(case["answer"], app(case["request"], None))]


def test_what_is_found_names_every_column_and_the_classes(built: tuple[Any, Path]) -> None:
    _, folder = built
    card = json.loads((folder.parent / "card.json").read_bytes())
    found = (folder / "found.txt").read_text()
    assert all(f"`{column['name']}`" in found for column in card["columns"])
    assert (
        f"One of {len(card['classes'])} classes" if "classes" in card else "A number is"
    ) in found


def test_categories_that_xgboost_cannot_keep_are_told_by_columns_json(tmp_path: Path) -> None:
    cities = ["Oslo", "São Paulo", "Zürich"]
    data = frame(with_names=True)
    data["city"] = pd.Categorical(np.random.default_rng(1).choice(cities, ROWS), cities)
    model = xgboost.XGBClassifier(n_estimators=8, enable_categorical=True, n_jobs=1)
    model.fit(data, data["city"] == "Zürich").save_model(tmp_path / "model.ubj")
    told = {"columns": [{"name": "city", "categories": cities}]}
    (tmp_path / "columns.json").write_text(json.dumps(told))
    app, folder = build("xgboost", str(tmp_path / "model.ubj"), tmp_path)
    case = whole_case(folder)
    assert not [*differences(case["answer"], app(case["request"], None))]
    rows = {row["city"]: n for n, row in enumerate(case["request"]["rows"])}
    answers = case["answer"]["predictions"]
    assert [answers[rows[city]] for city in cities] == [0, 0, 1]
