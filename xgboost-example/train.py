"""Makes the model from boston.csv, and writes what it is worth into the README.

Run it again and every file comes out the same, byte for byte. It needs requirements-train.txt.
"""

import csv
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import xgboost

HERE = Path(__file__).parent
SEED = 0
HELD_OUT_SHARE = 0.2
FOLDS = 5
CARD = re.compile(r"(?<=<!-- card: train.py writes it -->\n).*?(?=<!-- end of card -->)", re.DOTALL)
PARAMETERS = {
    "objective": "reg:squarederror",
    # The best of depths 3 to 5, rates 0.05 to 0.15 and shares 0.7 and 0.9, by `best_rounds`.
    "max_depth": 4,
    "eta": 0.1,
    "subsample": 0.9,
    "colsample_bytree": 0.7,
    "min_child_weight": 3,
    "seed": SEED,
    "nthread": 1,  # sums in another order differ in their last bits
}


class Rows(NamedTuple):
    """Some rows of the table."""

    features: np.ndarray  # shape (N, 13), float32
    prices: np.ndarray  # shape (N,), $1000s

    def pick(self, indices: np.ndarray) -> "Rows":
        """Take the rows with these indices, in their order."""
        return Rows(self.features[indices], self.prices[indices])

    def matrix(self) -> xgboost.DMatrix:
        """Give the rows as XGBoost trains on them."""
        return xgboost.DMatrix(self.features, self.prices)


def read_rows(path: Path) -> Rows:
    """Read a table with a header; the last column is the price."""
    with path.open(newline="") as file:
        _, *lines = csv.reader(file)
    table = np.array(lines, dtype=np.float64)
    return Rows(table[:, :-1].astype(np.float32), table[:, -1])


def split(rows: Rows) -> tuple[Rows, Rows]:
    """Split into the rows to train on and the rows held out, always the same ones."""
    order = np.random.default_rng(SEED).permutation(len(rows.prices))
    held_out = round(len(order) * HELD_OUT_SHARE)
    return rows.pick(order[held_out:]), rows.pick(order[:held_out])


def best_rounds(rows: Rows) -> int:
    """Find by cross-validation how many trees to grow; the held-out rows play no part in it."""
    everything = np.arange(len(rows.prices))
    folds = [(np.setdiff1d(everything, fold), fold) for fold in np.array_split(everything, FOLDS)]
    history = xgboost.cv(
        PARAMETERS,
        rows.matrix(),
        num_boost_round=2000,
        folds=folds,
        early_stopping_rounds=50,
        as_pandas=False,
    )
    return int(np.argmin(history["test-rmse-mean"])) + 1


def rmse(predicted: np.ndarray | float, prices: np.ndarray) -> float:
    """Root of the mean squared error, in $1000s."""
    return float(np.sqrt(np.mean((predicted - prices) ** 2)))


def card(booster: xgboost.Booster, training: Rows, held_out: Rows) -> str:
    """Describe the model by what it gets wrong, as a Markdown table."""
    error = rmse(booster.inplace_predict(held_out.features), held_out.prices)
    baseline = rmse(float(training.prices.mean()), held_out.prices)
    trees, depth = booster.num_boosted_rounds(), PARAMETERS["max_depth"]
    return f"""
| | |
|---|---|
| Model | {trees} trees of depth {depth}, XGBoost {xgboost.__version__} |
| Trained on | {len(training.prices)} rows, drawn with the seed {SEED} |
| RMSE on the {len(held_out.prices)} rows held out | {error:.3f} ($1000s) |
| RMSE of always answering the mean price, on the same rows | {baseline:.3f} ($1000s) |

"""


def main() -> None:
    """Train, measure, then write `app/model.ubj` and the card in README.md."""
    training, held_out = split(read_rows(HERE / "boston.csv"))
    booster = xgboost.train(PARAMETERS, training.matrix(), best_rounds(training))
    text = card(booster, training, held_out)
    print(text.strip())
    readme = HERE / "README.md"
    readme.write_text(CARD.sub(text, readme.read_text()))
    booster.save_model(HERE / "app/model.ubj")


if __name__ == "__main__":
    main()
