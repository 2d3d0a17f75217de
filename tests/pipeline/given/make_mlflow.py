"""Writes MLflow model directories by MLflow's own API: python make_mlflow.py FOLDER."""

import sys
import warnings
from pathlib import Path
from typing import Any

import lightgbm
import mlflow
import numpy as np
import pandas as pd
import torch
import xgboost
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

RANDOM = np.random.default_rng(0)
FRAME = pd.DataFrame(
    {"age": RANDOM.integers(18, 80, 200) / 1.0, "net income": RANDOM.normal(size=200)}
)
LABELS = (FRAME.age > 50).astype(int)


def main(folder: str) -> None:
    """Write a directory for each flavour and form."""
    warnings.simplefilter("ignore")
    said: dict[str, Any] = {"signature": infer_signature(FRAME, LABELS), "input_example": FRAME[:3]}
    into = Path(folder)
    trees = xgboost.XGBClassifier(n_estimators=3).fit(FRAME, LABELS)
    mlflow.xgboost.save_model(trees, into / "xgboost", **said)
    mlflow.xgboost.save_model(trees, into / "xgboost json", model_format="json")
    boosted = lightgbm.LGBMClassifier(n_estimators=3, verbosity=-1).fit(FRAME, LABELS)
    mlflow.lightgbm.save_model(boosted.booster_, into / "lightgbm", input_example=FRAME[:3])
    mlflow.lightgbm.save_model(boosted, into / "lightgbm wrapped")
    lines = make_pipeline(StandardScaler(), LogisticRegression()).fit(FRAME, LABELS)
    for format_ in ("skops", "cloudpickle"):
        place = into / f"sklearn {format_}"
        mlflow.sklearn.save_model(lines, place, serialization_format=format_, **said)
    network, rows = torch.nn.Linear(2, 1), FRAME[:3].to_numpy("float32")
    for format_ in ("pt2", "pickle"):
        place = into / f"pytorch {format_}"
        mlflow.pytorch.save_model(network, place, serialization_format=format_, input_example=rows)
    mlflow.pyfunc.save_model(
        into / "python", python_model=lambda model_input: model_input, pip_requirements=[]
    )


if __name__ == "__main__":
    main(sys.argv[1])
