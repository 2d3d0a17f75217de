"""Converts XGBoost's trees to ONNX, and refuses them where the image would answer otherwise.

    python3 -m export.conversion app/model.ubj boston.csv /var/task/model.onnx

Dockerfile.onnx runs it with the image's modules on PYTHONPATH: they make the answers that are
compared with XGBoost's own. It needs requirements.txt of this folder.
"""

import sys
from pathlib import Path

import numpy as np
import xgboost
from onnxmltools import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType

from export.comparison import DifferenceError, check, read_rows


def convert(booster: xgboost.Booster) -> bytes:
    """The trees as the content of an `.onnx` file.

    Args:
        booster: of one number a row.

    Returns:
        a model of shape (N, columns) to (N, 1), float32.
    """
    columns = FloatTensorType([None, booster.num_features()])
    content: bytes = convert_xgboost(booster, initial_types=[("rows", columns)]).SerializeToString()
    return content


def main(arguments: list[str]) -> int:
    """Writes the converted model, and ends with 1 where its answers differ."""
    model, table, destination = map(Path, arguments)
    booster, rows = xgboost.Booster(model_file=model), read_rows(table)
    destination.write_bytes(convert(booster))
    from model import load, predict  # which find the file that is there now

    served = np.array(predict(load(), rows.tolist()))
    try:
        difference = check(booster.inplace_predict(rows), served)
    except DifferenceError as error:
        sys.exit(f"conversion: {error}")
    print(f"{len(rows)} rows are predicted as by XGBoost, within {difference:.1e} of each")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
