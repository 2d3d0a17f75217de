"""Makes the example's model from penguins.csv, and writes what it is worth into the README.

Run it again and every file comes out the same, byte for byte. It needs requirements-make.txt.
A model of your own needs none of this: copy its file to app/model.onnx.
"""

import csv
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
SEED = 0
HELD_OUT_SHARE = 0.2
RIDGE = 1.0  # keeps the weights of species that a line separates from growing for ever
NEWTON_STEPS = 30  # the steps are below rounding after 10
DIGITS = 5  # kept of the weights, so that they are the same on every machine
OPSET, IR_VERSION = 17, 8  # old enough for any ONNX Runtime of the last years
SPECIES = ["Adelie", "Chinstrap", "Gentoo"]
CARD = re.compile(
    r"(?<=<!-- card: make_model.py writes it -->\n).*?(?=<!-- end of card -->)", re.DOTALL
)
Floats = NDArray[np.float64]


class Table(NamedTuple):
    """Measurements, shape (N, 4), in mm and g, and the number of each row's species, shape (N,)."""

    measurements: Floats
    species: NDArray[np.int64]

    def rows(self, numbers: NDArray[np.int64]) -> "Table":
        """Some of the rows."""
        return Table(self.measurements[numbers], self.species[numbers])


def read_table(path: Path) -> Table:
    """The table of penguins.csv."""
    with path.open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    measurements = np.array([[float(number) for number in row[1:]] for row in rows])
    return Table(measurements, np.array([SPECIES.index(row[0]) for row in rows]))


def split(table: Table) -> tuple[Table, Table]:
    """Draw the rows to train with, and those held out."""
    order = np.random.default_rng(SEED).permutation(len(table.species))
    held_out = round(HELD_OUT_SHARE * len(order))
    return table.rows(order[held_out:]), table.rows(order[:held_out])


def train(table: Table) -> tuple[Floats, Floats]:
    """Fit multinomial logistic regression by Newton's method.

    Returns:
        weights, shape (4, 3), and biases, shape (3,), for measurements as they are.

    Source: Bishop, Pattern Recognition and Machine Learning, 2006, section 4.3.4.
    """
    mean, deviation = table.measurements.mean(axis=0), table.measurements.std(axis=0)
    count, classes = len(table.species), len(SPECIES)
    features = np.column_stack([(table.measurements - mean) / deviation, np.ones(count)])
    targets = np.eye(classes)[table.species]
    weights = np.zeros((features.shape[1], classes))
    penalty = RIDGE * np.eye(weights.size)
    for _ in range(NEWTON_STEPS):
        shares = softmax(features @ weights)
        gradient = features.T @ (shares - targets) + RIDGE * weights
        curvature = shares[:, :, None] * (np.eye(classes) - shares[:, None, :])
        hessian = np.einsum("ni,nkl,nj->ikjl", features, curvature, features)
        step = np.linalg.solve(hessian.reshape(penalty.shape) + penalty, gradient.ravel())
        weights -= step.reshape(weights.shape)
    scaled = weights[:-1] / deviation[:, None]
    return rounded(scaled), rounded(weights[-1] - mean @ scaled)


def softmax(scores: Floats) -> Floats:
    """Shares that sum to 1 in each row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = powers / powers.sum(axis=1, keepdims=True)
    return shares


def rounded(numbers: Floats) -> Floats:
    """The numbers to `DIGITS` significant digits."""
    kept = [float(f"{number:.{DIGITS}g}") for number in numbers.flat]
    return np.array(kept).reshape(numbers.shape)


def build(weights: Floats, biases: Floats) -> onnx.ModelProto:
    """The model as a graph: `measurements` in, `species` and `probabilities` out."""
    constants = {
        "weights": weights.astype(np.float32),
        "biases": biases.astype(np.float32),
        "names": np.array(SPECIES, dtype=object),
    }
    nodes = [
        helper.make_node("Gemm", ["measurements", "weights", "biases"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
        helper.make_node("ArgMax", ["scores"], ["best"], axis=1, keepdims=0),
        helper.make_node("Gather", ["names", "best"], ["species"]),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "penguins",
        [value("measurements", TensorProto.FLOAT, ["N", 4])],
        [
            value("species", TensorProto.STRING, ["N"]),
            value("probabilities", TensorProto.FLOAT, ["N", len(SPECIES)]),
        ],
        [numpy_helper.from_array(array, name) for name, array in constants.items()],
    )
    opsets = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
    onnx.checker.check_model(model)
    return model


def card(weights: Floats, biases: Floats, training: Table, held_out: Table) -> str:
    """A table for the README."""
    best = (held_out.measurements @ weights + biases).argmax(axis=1)
    right = int((best == held_out.species).sum())
    commonest = int((held_out.species == np.bincount(training.species).argmax()).sum())
    return f"""
| | |
|---|---|
| Model | multinomial logistic regression, {weights.size + biases.size} parameters |
| Trained on | {len(training.species)} penguins, drawn with the seed {SEED} |
| Right of the {len(best)} penguins held out | {right} |
| Right by always answering the commonest species | {commonest} |

"""


def main() -> None:
    """Train, then write `app/model.onnx` and the card in README.md."""
    training, held_out = split(read_table(HERE / "penguins.csv"))
    weights, biases = train(training)
    readme = HERE / "README.md"
    readme.write_text(CARD.sub(card(weights, biases, training, held_out), readme.read_text()))
    onnx.save(build(weights, biases), HERE / "app/model.onnx")


if __name__ == "__main__":
    main()
