"""Trains the example's model on penguins.csv, and writes what it is worth into the README.

It needs requirements-make.txt. A model of your own needs none of this: give its file to -p.
"""

import re
from pathlib import Path
from typing import Any

import pandas as pd
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

HERE = Path(__file__).parent
SEED = 0
HELD_OUT_SHARE = 0.2
TARGET = "sex"
NAMES = ["species", "island"]
MEASURES = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
CARD = re.compile(
    r"(?<=<!-- card: make_model.py writes it -->\n).*?(?=<!-- end of card -->)", re.DOTALL
)


def read_table() -> pd.DataFrame:
    """Read the penguins whose sex is known."""
    return pd.read_csv(HERE / "penguins.csv").dropna(subset=[TARGET])


def make_estimator() -> Any:
    """Make a pipeline of mixed columns, in which a measure may be missing and an island new."""
    measures = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    names = OneHotEncoder(handle_unknown="ignore")
    columns = ColumnTransformer([("names", names, NAMES), ("measures", measures, MEASURES)])
    return make_pipeline(columns, LogisticRegression(max_iter=1000))


def card(estimator: Any, training: pd.DataFrame, held_out: pd.DataFrame) -> str:
    """Make a table for the README."""
    right = int((estimator.predict(held_out[NAMES + MEASURES]) == held_out[TARGET]).sum())
    commonest = int((held_out[TARGET] == training[TARGET].mode()[0]).sum())
    return f"""
| | |
|---|---|
| Model | logistic regression on mixed columns |
| Trained on | {len(training)} penguins, drawn with the seed {SEED} |
| Right of the {len(held_out)} penguins held out | {right} |
| Right by always answering the commoner sex | {commonest} |

"""


def main() -> None:
    """Train, then write `app/model.skops` and the card in README.md."""
    training, held_out = train_test_split(read_table(), test_size=HELD_OUT_SHARE, random_state=SEED)
    estimator = make_estimator().fit(training[NAMES + MEASURES], training[TARGET])
    readme = HERE / "README.md"
    readme.write_text(CARD.sub(card(estimator, training, held_out), readme.read_text()))
    skops.io.dump(estimator, HERE / "app/model.skops")


if __name__ == "__main__":
    main()
