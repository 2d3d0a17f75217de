"""Asks a library's own package what a model of photographs must answer.

    python -m golden.images LIBRARY MODEL CARD FOLDER

writes `example.json`, `cases.json` and `found.txt`, in the words of `apps.images`.
"""

import base64
import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from golden.networks import Array, Network
from golden.pictures import file, pictures, seen

COMPARED_LABELS = 3
# Of the largest number, and of a percentage: another processor rounds otherwise.
RELATIVE_TOLERANCE, PERCENT_TOLERANCE = 1e-3, 1.0


class Case(NamedTuple):
    """A request, its answer, and how clear that is: by how much the first label leads."""

    request: dict[str, Any]
    answer: Any
    lead: float
    tolerance: float


def main(arguments: Sequence[str]) -> None:
    """Write the golden request, the cases and what is found."""
    library, model, card_path, folder = arguments
    network: Network = import_module(f"golden.{library}").Network(model)
    card = json.loads(Path(card_path).read_bytes())
    cases = make_cases(network, card)
    clearest = max(cases, key=lambda case: case.lead)
    Path(folder).mkdir(parents=True, exist_ok=True)
    _write(Path(folder, "cases.json"), [_compared(case) for case in cases])
    _write(Path(folder, "example.json"), _example(clearest, card))
    Path(folder, "found.txt").write_text(found(network, card), encoding="utf-8")


def make_cases(network: Network, card: dict[str, Any]) -> list[Case]:
    """Ask about each picture."""
    made = []
    for picture in pictures(card["image"]):
        outputs = network.run([seen(card["image"], picture, network.inputs[0])])
        request = {"input_image": base64.b64encode(file(picture)).decode()}
        labels = card.get("labels")
        made.append(
            _named(request, outputs, network, labels)
            if labels
            else _plain(request, outputs, network)
        )
    return made


def _named(
    request: dict[str, Any], outputs: list[Array], network: Network, labels: dict[str, Any]
) -> Case:
    percents = _percents(outputs, network, labels)
    count = min(COMPARED_LABELS, len(percents))
    order = sorted(range(len(percents)), key=lambda place: -percents[place])
    answer = [[labels["names"][place], percents[place]] for place in order[:count]]
    lead = percents[order[0]] - percents[order[1]] if len(order) > 1 else 0.0
    return Case({**request, "n_predictions": count}, answer, lead, PERCENT_TOLERANCE)


def _percents(outputs: list[Array], network: Network, labels: dict[str, Any]) -> list[float]:
    port = network.outputs[labels["output"]]
    scores = outputs[labels["output"]].astype(np.float64).ravel()
    if port.scale:
        scores = port.scale * (scores - port.zero_point)
    if labels["scores"] == "logits":
        powers = np.exp(scores - scores.max())
        scores = powers / powers.sum()
    return [float(score) for score in 100 * scores]


def _plain(request: dict[str, Any], outputs: list[Array], network: Network) -> Case:
    named = zip(network.outputs, outputs, strict=True)
    answer = {port.name: _lists(array) for port, array in named}
    largest = max(float(np.abs(array.astype(np.float64)).max(initial=0)) for array in outputs)
    return Case(request, answer, 0.0, max(1e-6, RELATIVE_TOLERANCE * largest))


def _lists(array: Array) -> Any:
    """JSON has no NaN and no infinity."""
    if array.dtype.kind != "f":
        return array.tolist()
    objects = array.astype(object)
    objects[~np.isfinite(array)] = None
    return objects.tolist()


def _compared(case: Case) -> dict[str, Any]:
    return {"request": case.request, "answer": case.answer}


def _example(case: Case, card: dict[str, Any]) -> dict[str, Any]:
    """Say what any processor must answer: of the labels the first alone, since others may tie."""
    request, answer = case.request, case.answer
    if card.get("labels"):
        request, answer = {**request, "n_predictions": 1}, answer[:1]
    return {"request": request, "answer": answer, "tolerance": case.tolerance}


def found(network: Network, card: dict[str, Any]) -> str:
    """Describe the model for a person."""
    image, labels = card["image"], card.get("labels")
    kind = f"{image['color']}, {image['width']} x {image['height']} pixels"
    lines = [f"A request is a photograph. The model looks at {kind}: `{image['resize']}`.", ""]
    if labels:
        names = "; ".join(labels["names"][:3])
        lines += [f"Its answer names the likeliest of {len(labels['names'])} labels: {names}; …"]
    else:
        lines += ["Its answer has the model's outputs:", ""]
        lines += [
            f"- `{port.name}`: {port.type} of shape {_shape(port.shape)}"
            for port in network.outputs
        ]
    return "\n".join([*lines, ""])


def _shape(shape: Sequence[int | None]) -> str:
    return "[" + ", ".join("?" if size is None else str(size) for size in shape) + "]"


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
