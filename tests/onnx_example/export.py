"""Runs a snippet that exports a pipeline, in the environment of skl2onnx.txt.

    python export.py linear snippet.py table.csv

Leaves model.onnx in the current folder, and expected.json: rows of the table's
columns as JSON has them, and what the pipeline itself says of them.
"""

import json
import sys
from pathlib import Path

import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

TARGET = "sex"


def main(model: str, snippet: str, table: str) -> None:
    """Fit, export and write what is to be answered."""
    whole = pd.read_csv(table).dropna()
    frame, target = whole.drop(columns=TARGET), whole[TARGET]
    numbers = [name for name in frame if frame[name].dtype.kind in "fi"]
    texts = [name for name in frame if name not in numbers]
    scaler, last = {
        "linear": (StandardScaler(), LogisticRegression()),
        "trees": ("passthrough", RandomForestClassifier(20, random_state=0)),
    }[model]
    steps = make_column_transformer((scaler, numbers), (OneHotEncoder(), texts))
    pipeline = make_pipeline(steps, last).fit(frame, target)
    code = compile(Path(snippet).read_text(), snippet, "exec")
    exec(code, {"frame": frame, "pipeline": pipeline})
    expected = {
        "columns": {name: [[value] for value in frame[name].tolist()] for name in frame},
        "kinds": {name: frame[name].dtype.kind for name in frame},
        "predictions": pipeline.predict(frame).tolist(),
        "probabilities": pipeline.predict_proba(frame).tolist(),
    }
    Path("expected.json").write_text(json.dumps(expected))


if __name__ == "__main__":
    main(*sys.argv[1:])
