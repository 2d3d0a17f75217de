"""What a model tells about its columns, as LightGBM's package trained it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pandas as pd
import pytest

from engines.columns import Column
from engines.errors import ModelError
from engines.lightgbm import Booster

from ..running import run
from ..tables import COLUMNS, coded, signal
from .models import of_objective

COUNT = 400
GENERATOR = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {
        "length": GENERATOR.standard_normal(COUNT),
        "Straße": pd.Categorical(GENERATOR.choice(["Köln", "Bonn", "Ulm"], COUNT)),
        "size": pd.Categorical(GENERATOR.choice([44, 38, 40], COUNT)),
        "same": pd.Categorical(["x"] * COUNT),
    }
)
OPTIONS = {"verbosity": -1, "num_threads": 1, "min_data_per_group": 5}


def trained(frame: Any, labels: Any, **options: Any) -> lightgbm.Booster:
    return lightgbm.train(OPTIONS, lightgbm.Dataset(frame, labels, **options), 5)


def saved(booster: lightgbm.Booster, folder: Path) -> Booster:
    booster.save_model(folder / "model.txt")
    return Booster(folder / "model.txt", threads=1)


def labels_of(frame: pd.DataFrame) -> Any:
    return frame["length"] + frame["Straße"].cat.codes % 2 + frame["size"].cat.codes


def test_a_data_frame_s_columns_have_its_names_and_categories(tmp_path: Path) -> None:
    assert saved(trained(FRAME, labels_of(FRAME)), tmp_path).columns == [
        Column("length", "float"),
        Column("Straße", "categorical", ("Bonn", "Köln", "Ulm")),
        Column("size", "categorical", (38, 40, 44)),
        Column("same", "categorical", ("x",)),
    ]


def test_codes_are_predicted_as_the_package_predicts_the_categories(tmp_path: Path) -> None:
    native = trained(FRAME, labels_of(FRAME))
    codes = FRAME.copy()
    for name in FRAME.columns[1:]:
        codes[name] = FRAME[name].cat.codes
    answer = run(saved(native, tmp_path), codes.to_numpy(np.float64))
    assert answer.tolist() == np.asarray(native.predict(FRAME)).tolist()


def kinds(columns: Sequence[Column]) -> list[str]:
    return [column.kind for column in columns]


def test_codes_without_names_are_predicted_as_by_the_package(tmp_path: Path) -> None:
    table = coded(400, 40).astype(np.float64)
    native = trained(table, signal(table.astype(np.float32)), categorical_feature=[0])
    engine = saved(native, tmp_path)
    assert engine.columns[0] == Column("Column_0", "categorical", None)
    assert kinds(engine.columns) == ["categorical", *["float"] * (COLUMNS - 1)]
    table[:4, 0] = np.nan, 39, 1000, -1  # missing, and some that were never there
    assert run(engine, table).tolist() == np.asarray(native.predict(table)).tolist()


def test_categories_of_columns_that_cannot_be_told_are_unknown(tmp_path: Path) -> None:
    frame = FRAME.assign(grade=pd.Categorical(FRAME["size"].cat.codes > 0, ordered=True))
    columns = saved(trained(frame, labels_of(frame)), tmp_path).columns
    # LightGBM's package keeps four lists, and takes three columns for categorical.
    assert kinds(columns) == ["float", *["categorical"] * 3, "float"]
    assert {column.categories for column in columns} == {None}


def test_categories_that_do_not_fit_the_codes_are_unknown(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "grade": pd.Categorical(GENERATOR.choice(["a", "b"], COUNT), ordered=True),
            "code": GENERATOR.integers(0, 5, COUNT),
        }
    )
    columns = saved(trained(frame, frame["code"], categorical_feature=["code"]), tmp_path).columns
    assert columns == [Column("grade", "float"), Column("code", "categorical", None)]


def test_an_array_s_columns_are_numbers(tmp_path: Path) -> None:
    columns = saved(of_objective("regression"), tmp_path).columns
    assert columns == [Column(f"Column_{number}", "float") for number in range(COLUMNS)]


def test_categories_that_are_cut_short_are_refused(tmp_path: Path) -> None:
    trained(FRAME, labels_of(FRAME)).save_model(tmp_path / "model.txt")
    whole = (tmp_path / "model.txt").read_bytes()
    (tmp_path / "model.txt").write_bytes(whole[:-5])
    with pytest.raises(ModelError, match="was changed: copy it again"):
        Booster(tmp_path / "model.txt")
