"""What a model tells about its columns, objective and classes, as XGBoost's package trained it."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost

from engines.columns import Column
from engines.xgboost import Booster

from ..running import run
from ..tables import COLUMNS, coded, signal
from .models import OBJECTIVES, TRAINING, of_objective

COUNT = 120
GENERATOR = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "length, mm": GENERATOR.standard_normal(COUNT),
        "Zahl": GENERATOR.integers(0, 9, COUNT),
        "alive": GENERATOR.integers(0, 2, COUNT).astype(bool),
        "colour": pd.Categorical(GENERATOR.choice(["red", "green", "blue"], COUNT)),
        "size": pd.Categorical(GENERATOR.choice([44, 38, 40], COUNT)),
        "straße": pd.Categorical(GENERATOR.choice(["Köln", "Bonn"], COUNT)),
    }
)


def saved(booster: xgboost.Booster, folder: Path) -> Booster:
    booster.save_model(folder / "model.ubj")
    return Booster(folder / "model.ubj", threads=1)


def of_frame(**parameters: Any) -> xgboost.Booster:
    matrix = xgboost.DMatrix(FRAME, FRAME["Zahl"] * 2, enable_categorical=True)
    return xgboost.train({"nthread": 1, **parameters}, matrix, 4)


def test_a_data_frame_s_columns_have_its_names_kinds_and_categories(tmp_path: Path) -> None:
    assert saved(of_frame(), tmp_path).columns == [
        Column("length, mm", "float"),
        Column("Zahl", "int"),
        Column("alive", "bool"),
        Column("colour", "categorical", ("blue", "green", "red")),
        Column("size", "categorical", (38, 40, 44)),
        # XGBoost's package cuts names that are not ASCII at the wrong places.
        Column("straße", "categorical", None),
    ]


def test_an_array_s_columns_are_nameless_numbers(tmp_path: Path) -> None:
    engine = saved(of_objective("reg:squarederror"), tmp_path)
    assert engine.columns == [Column("", "float")] * COLUMNS


@pytest.mark.parametrize("booster", ["gbtree", "dart"])
@pytest.mark.parametrize("max_cat_to_onehot", [1, 100])
def test_codes_are_predicted_as_the_package_predicts_the_categories(
    tmp_path: Path, max_cat_to_onehot: int, booster: str
) -> None:
    native = of_frame(max_cat_to_onehot=max_cat_to_onehot, booster=booster)
    codes = FRAME.copy()
    for name in ("colour", "size", "straße"):
        codes[name] = FRAME[name].cat.codes
    answer = run(saved(native, tmp_path), codes.to_numpy(np.float32))
    assert answer.tobytes() == native.inplace_predict(FRAME).tobytes()


def test_codes_without_names_are_predicted_as_by_the_package(tmp_path: Path) -> None:
    table = coded(300, 40)
    types = ["c", *["q"] * (COLUMNS - 1)]
    matrix = xgboost.DMatrix(table, signal(table), feature_types=types, enable_categorical=True)
    native = xgboost.train({"nthread": 1}, matrix, 4)
    engine = saved(native, tmp_path)
    assert engine.columns[0] == Column("", "categorical", None)
    table[:3, 0] = np.nan, 39, 1000  # missing, and one that was never there
    assert run(engine, table).tobytes() == native.inplace_predict(table).tobytes()


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_classes_are_counted_where_there_are_some(tmp_path: Path, objective: str) -> None:
    counts = {"binary": 2, "multi": 3}
    engine = saved(of_objective(objective), tmp_path)
    assert engine.classes == counts.get(objective.split(":")[0])


def test_the_ports_have_the_numbers_of_columns_and_of_outputs(tmp_path: Path) -> None:
    engine = saved(of_objective("multi:softprob"), tmp_path)
    assert [str(port) for port in engine.inputs] == [f"float32 of shape [N, {TRAINING.shape[1]}]"]
    assert [str(port) for port in engine.outputs] == ["float32 of shape [N, 3]"]
    engine = saved(of_objective("multi:softmax"), tmp_path)
    assert [str(port) for port in engine.outputs] == ["float32 of shape [N]"]
