"""Compares what an image predicts with what XGBoost's wheel does, and fails where they differ.

    /opt/native/bin/python -m export.parity /opt/venv/bin/python /var/task boston.csv

Dockerfile.source and Dockerfile.conda run it in an environment that has the wheel, with numpy and
scipy. The image's own Python predicts in a process of its own: both libraries have one name.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import xgboost
from numpy.typing import NDArray

from export.comparison import DifferenceError, check, native_predictions, read_rows

PREDICT = """
import json, sys
from model import load, predict
json.dump(predict(load(), json.load(sys.stdin)), sys.stdout)
"""


def served(python: str, task: Path, rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """What the image predicts.

    Args:
        python: the path of its Python.
        task: the folder with its code and its model.
        rows: shape (N, columns).

    Returns:
        shape (N,), or (N, k) of k numbers a row.
    """
    text = json.dumps(rows.tolist())
    command = [python, "-c", PREDICT]
    answer = subprocess.run(
        command, cwd=task, input=text, stdout=subprocess.PIPE, text=True, check=True
    )
    return np.array(json.loads(answer.stdout))


def main(arguments: list[str]) -> int:
    """Say how far apart the predictions are; end with 1 where that is too far."""
    python, task, table = arguments[0], Path(arguments[1]), Path(arguments[2])
    booster = xgboost.Booster(model_file=task / "model.ubj")
    try:
        rows = read_rows(table, booster.num_features())
        difference = check(native_predictions(booster, rows), served(python, task, rows))
    except (DifferenceError, subprocess.CalledProcessError) as error:
        sys.exit(f"parity: {error}")
    print(f"{len(rows)} rows are predicted as by XGBoost's wheel, within {difference:.1e} of each")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
