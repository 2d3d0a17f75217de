"""The sum of XGBoost's trees, or of its lines, in ONNX's operators.

Source: https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsembleRegressor.html, and
https://xgboost.readthedocs.io/en/stable/tutorials/saving_model.html for what is converted.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, helper, numpy_helper

Model = dict[str, Any]  # a part of the model's JSON
Attributes = dict[str, Any]  # lists
# By ONNX's attribute of a node, XGBoost's; a row goes left, which is true, below the number.
BRANCH = {
    "nodes_featureids": "split_indices",
    "nodes_values": "split_conditions",
    "nodes_truenodeids": "left_children",
    "nodes_falsenodeids": "right_children",
    "nodes_missing_value_tracks_true": "default_left",
}


class ConversionError(Exception):
    """The model cannot be converted; the message says which part of it."""


def trees(booster: Model, rounds: int, start: NDArray[np.float64]) -> list[NodeProto]:
    """The nodes that sum the trees of the first rounds.

    Args:
        booster: `gradient_booster` of the model.
        rounds: how many count; 0 for all.
        start: what the sum begins with, of shape (numbers of a row,).

    Raises:
        ConversionError: a column is categorical.
    """
    model = booster.get("gbtree", booster)["model"]
    ends = model["iteration_indptr"]
    count = ends[rounds or -1]
    weights = booster.get("weight_drop") or [1.0] * count
    found: Attributes = defaultdict(list)
    for number, (tree, target) in enumerate(zip(model["trees"], model["tree_info"], strict=True)):
        if number < count:
            _add(found, number, tree, target, np.float32(weights[number]))
    if not count:
        raise ConversionError("the model has no trees")
    sums = helper.make_node(
        "TreeEnsembleRegressor",
        ["rows"],
        ["sum"],
        domain="ai.onnx.ml",
        n_targets=len(start),
        base_values=start.astype(np.float32).tolist(),
        **found,
    )
    return [sums]


def _add(found: Attributes, number: int, tree: Model, target: int, weight: np.float32) -> None:
    if any(tree["split_type"]):
        raise ConversionError("the model splits categorical columns")
    for node in _reached(tree):
        is_leaf = tree["left_children"][node] == -1
        found["nodes_treeids"].append(number)
        found["nodes_nodeids"].append(node)
        found["nodes_modes"].append("LEAF" if is_leaf else "BRANCH_LT")
        for name, of_xgboost in BRANCH.items():
            value = tree[of_xgboost][node]
            found[name].append(type(value)(0) if is_leaf else value)
        for place, leaf in _leaf(tree, node, target) if is_leaf else ():
            found["target_treeids"].append(number)
            found["target_nodeids"].append(node)
            found["target_ids"].append(place)
            found["target_weights"].append(float(np.float32(leaf) * weight))


def _reached(tree: Model) -> Iterator[int]:
    """The nodes that a row can come to, parents first; pruned ones are left in the model."""
    pending = [0]
    while pending:
        node = pending.pop()
        yield node
        if tree["left_children"][node] != -1:
            pending += [tree["left_children"][node], tree["right_children"][node]]


def _leaf(tree: Model, node: int, target: int) -> list[tuple[int, float]]:
    """What a leaf adds, and to which numbers of a row."""
    width = int(tree["tree_param"]["size_leaf_vector"])
    if width <= 1:
        return [(target, tree["split_conditions"][node])]
    place = tree["right_children"][node] * width  # where a leaf has no child, it has its number
    return [*enumerate(tree["leaf_weights"][place : place + width])]


def lines(booster: Model, start: NDArray[np.float64]) -> list[NodeProto]:
    """The nodes that sum a linear model's numbers; one that is missing adds nothing."""
    weights = np.array(booster["model"]["weights"], np.float32).reshape(-1, len(start))
    # XGBoost begins each of several sums with the first one's base score.
    constants = {"weights": weights[:-1], "biases": weights[-1] + np.float32(start[0])}
    return [
        *(_constant(name, values) for name, values in constants.items()),
        helper.make_node("Constant", [], ["nothing"], value_float=0.0),
        helper.make_node("IsNaN", ["rows"], ["missing"]),
        helper.make_node("Where", ["missing", "nothing", "rows"], ["known"]),
        helper.make_node("Gemm", ["known", "weights", "biases"], ["sum"]),
    ]


def _constant(name: str, values: NDArray[np.float32]) -> NodeProto:
    return helper.make_node("Constant", [], [name], value=numpy_helper.from_array(values))


def thresholds(booster: Model) -> list[tuple[int, float]]:
    """The columns that the trees split, with the numbers at which they do."""
    model = booster.get("gbtree", booster)["model"]
    found: Sequence[Model] = model.get("trees", ())
    return [
        (tree["split_indices"][node], tree["split_conditions"][node])
        for tree in found
        for node in _reached(tree)
        if tree["left_children"][node] != -1
    ]
