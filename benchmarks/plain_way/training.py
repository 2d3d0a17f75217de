"""A small model of each library, trained on the data of the examples, and a row for it.

What training returns are the names that the page's lines use.
"""

from __future__ import annotations

import csv
from typing import Any

from benchmarks.plain_way.page import REPOSITORY

HELD_OUT = 100  # rows of each table
MEASUREMENTS = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm"]


def xgboost() -> dict[str, Any]:
    """Prices of homes, with the rounds after the best one in the model as well."""
    from xgboost import XGBRegressor

    (rows, prices), held_out = _homes()
    model = XGBRegressor(n_estimators=100, max_depth=4, early_stopping_rounds=5)
    model.fit(rows, prices, eval_set=[held_out], verbose=False)
    return {"model": model, "row": held_out[0][0]}


def lightgbm() -> dict[str, Any]:
    """Prices of homes."""
    from lightgbm import LGBMRegressor

    (rows, prices), held_out = _homes()
    model = LGBMRegressor(n_estimators=100, verbose=-1).fit(rows, prices)
    return {"model": model, "row": held_out[0][0]}


def scikit_learn() -> dict[str, Any]:
    """Species of penguins: scaled measurements and a logistic regression."""
    import pandas
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    penguins = pandas.read_csv(REPOSITORY / "onnx-example" / "penguins.csv")
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    pipeline.fit(penguins[MEASUREMENTS], penguins["species"])
    return {"pipeline": pipeline, "row": penguins[MEASUREMENTS].iloc[0].to_dict()}


def torch() -> dict[str, Any]:
    """Prices of homes: two layers and a few steps of training."""
    import torch

    (rows, prices), held_out = _homes()
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(13, 32), torch.nn.ReLU(), torch.nn.Linear(32, 1))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    for _ in range(200):
        optimizer.zero_grad()
        errors = network(torch.tensor(rows)).squeeze(1) - torch.tensor(prices)
        errors.square().mean().backward()
        optimizer.step()
    return {"network": network.eval(), "row": held_out[0][0]}


def catboost() -> dict[str, Any]:
    """Prices of homes."""
    from catboost import CatBoostRegressor

    (rows, prices), held_out = _homes()
    model = CatBoostRegressor(iterations=100, random_seed=0, allow_writing_files=False)
    model.fit(rows, prices, verbose=False)
    return {"model": model, "row": held_out[0][0]}


def tokenizers() -> dict[str, Any]:
    """Pieces of words, learnt from the licence of this repository."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=["[UNK]"], show_progress=False)
    tokenizer.train([str(REPOSITORY / "LICENSE")], trainer)
    return {"tokenizer": tokenizer, "text": "Permission is hereby granted, free of charge"}


def _homes() -> list[tuple[list[list[float]], list[float]]]:
    """The 13 numbers and the price of each home: the rows to train on, and those held out."""
    with (REPOSITORY / "xgboost-example" / "boston.csv").open(newline="") as file:
        table = [[float(text) for text in row] for row in list(csv.reader(file))[1:]]
    parts = table[HELD_OUT:], table[:HELD_OUT]
    return [([row[:-1] for row in part], [row[-1] for row in part]) for part in parts]
