"""Converts XGBoost's model to ONNX, and refuses it where the image would answer otherwise.

    python3 -m export.conversion app/model.ubj boston.csv /var/task/model.onnx

Dockerfile.onnx runs it with the image's modules on PYTHONPATH: they make the answers that are
compared with XGBoost's own. It needs requirements.txt of this folder. The converter is the
project's own: of those that there are, the best known gives wrong numbers for half of the
objectives, without a word.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import xgboost
from numpy.typing import NDArray
from onnx import TensorProto, helper

from export.comparison import DifferenceError, check, native_predictions, read_rows
from export.objectives import START, finish, start
from export.trees import ConversionError, lines, thresholds, trees

OPSET, ML_OPSET, IR_VERSION = 17, 3, 8  # old enough for any ONNX Runtime of the last years
EDGE_ROWS = 2000


def convert(booster: xgboost.Booster) -> bytes:
    """The model as the content of an `.onnx` file.

    Returns:
        a model of `rows`, shape (N, columns), to `predictions`, shape (N,), or (N, k) of k numbers
        a row; float32. NaN is a missing value.

    Raises:
        ConversionError: it has an objective, a booster or columns that cannot be converted.
    """
    learner = _learner(booster)
    objective = learner["objective"]["name"]
    if objective not in START:
        raise ConversionError(f"the objective {objective} is not known here")
    width = _width(learner)
    nodes = [*_sum(learner, booster, width), *finish(objective, "sum", "table")]
    outputs = 1 if objective == "multi:softmax" else width
    if outputs == 1:
        nodes.append(helper.make_node("Constant", [], ["second"], value_ints=[1]))
        nodes.append(helper.make_node("Squeeze", ["table", "second"], ["predictions"]))
    else:
        nodes.append(helper.make_node("Identity", ["table"], ["predictions"]))
    shape = ["N"] if outputs == 1 else ["N", outputs]
    return _file(nodes, ["N", booster.num_features()], shape)


def _learner(booster: xgboost.Booster) -> dict[str, Any]:
    learner: dict[str, Any] = json.loads(booster.save_raw(raw_format="json"))["learner"]
    return learner


def _width(learner: dict[str, Any]) -> int:
    parameters = learner["learner_model_param"]
    return max(int(parameters["num_class"]), int(parameters["num_target"]), 1)


def _sum(learner: dict[str, Any], booster: xgboost.Booster, width: int) -> list[onnx.NodeProto]:
    base_score = json.loads(learner["learner_model_param"]["base_score"])
    begin = start(learner["objective"]["name"], base_score, width)
    model = learner["gradient_booster"]
    if model["name"] == "gblinear":
        return lines(model, begin)
    if model["name"] not in ("gbtree", "dart"):
        raise ConversionError(f"the booster {model['name']} is not known here")
    best = booster.attr("best_iteration")
    return trees(model, 0 if best is None else int(best) + 1, begin)


def _file(nodes: list[onnx.NodeProto], taken: list[Any], given: list[Any]) -> bytes:
    ports = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (("rows", taken), ("predictions", given))
    ]
    graph = helper.make_graph(nodes, "trees", ports[:1], ports[1:])
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString()
    return content


def edge_rows(booster: xgboost.Booster, columns: int) -> NDArray[np.float32]:
    """Rows of the numbers at which the trees split, and just beside them, and of missing ones."""
    generator = np.random.default_rng(0)
    rows = generator.standard_normal((EDGE_ROWS, columns)).astype(np.float32)
    choices: list[list[Any]] = [[0.0, np.nan] for _ in range(columns)]
    for column, threshold in thresholds(_learner(booster)["gradient_booster"]):
        at = np.float32(threshold)
        choices[column] += [at, np.nextafter(at, -np.inf, dtype=np.float32)]
    for column, values in enumerate(choices):
        rows[:, column] = generator.choice(np.array(values, np.float32), EDGE_ROWS)
    return rows


def compare(booster: xgboost.Booster, table: NDArray[np.float32]) -> float:
    """Compare the image's answers with XGBoost's; see `check`."""
    from model import load, predict  # which find the file that is there now

    model, largest = load(), 0.0
    edges = edge_rows(booster, table.shape[1])
    for rows, name in ((table, "row"), (edges, "of the rows made of the trees' own numbers, row")):
        served = np.array(predict(model, rows.tolist()))
        largest = max(largest, check(native_predictions(booster, rows), served, name))
    return largest


def main(arguments: list[str]) -> int:
    """Write the converted model; end with 1 where it cannot, or its answers differ."""
    model, table, destination = map(Path, arguments)
    booster = xgboost.Booster(model_file=model)
    try:
        rows = read_rows(table, booster.num_features())
        destination.write_bytes(convert(booster))
        difference = compare(booster, rows)
    except ConversionError as error:
        sys.exit(f"conversion: {error}: build from Dockerfile instead, where XGBoost runs it")
    except DifferenceError as error:
        sys.exit(f"conversion: {error}")
    print(f"{len(rows)} rows are predicted as by XGBoost, within {difference:.1e} of each")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
