"""Models that both servers run: their files, and the cards that a build would make."""

from pathlib import Path
from typing import Any, NamedTuple

import lightgbm
import numpy as np
import pandas as pd
import xgboost

from apps.card import Card, Column
from engines import lightgbm as lightgbm_engine
from engines import xgboost as xgboost_engine

COLUMNS = ["age", "income, monthly", "rooms"]


class Trained(NamedTuple):
    """A model's file, its engine and its card."""

    file: Path
    engine: Any
    card: Card


def table() -> pd.DataFrame:
    """Rows to train on, missing values among them."""
    generator = np.random.default_rng(0)
    data = pd.DataFrame(generator.random((300, 3)) * 100, columns=COLUMNS)
    data.loc[::7, "rooms"] = np.nan
    return data


def card(gives: Any, classes: int = 0) -> Card:
    """The card of a model of these columns."""
    return Card([Column(name) for name in COLUMNS], gives, list(range(classes)))


def xgboost_model(folder: Path, classes: int) -> Trained:
    """A regressor for no class, else a classifier."""
    data = table()
    file = folder / f"xgboost-{classes}.ubj"
    if classes:
        made: Any = xgboost.XGBClassifier(n_estimators=8, max_depth=3)
        made.fit(data, np.arange(300) // 3 % classes)
    else:
        made = xgboost.XGBRegressor(n_estimators=8, max_depth=3)
        made.fit(data, data["age"] * data["rooms"].fillna(3))
    made.get_booster().save_model(file)
    gives = {0: "number", 2: "chance"}.get(classes, "chances")
    return Trained(file, xgboost_engine.Booster(str(file)), card(gives, classes))


def lightgbm_model(folder: Path) -> Trained:
    """A regressor; its doubles are answered as doubles."""
    data = table()
    file = folder / "lightgbm.txt"
    names = {name: name.replace(", ", "_") for name in COLUMNS}  # commas are not for LightGBM
    made = lightgbm.LGBMRegressor(n_estimators=8, verbosity=-1)
    made.fit(data.rename(columns=names), data["age"] * data["rooms"].fillna(3))
    made.booster_.save_model(file)
    columns = [Column(name) for name in names.values()]
    return Trained(file, lightgbm_engine.Booster(str(file)), Card(columns, "number"))
