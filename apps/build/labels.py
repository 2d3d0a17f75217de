"""What the scores of a model are called: the labels that `columns.json` or a file beside it has."""

import os
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from apps.images.card import Labels, Scores
from engines.errors import ModelError


class ToldLabels(Struct, forbid_unknown_fields=True):
    """What `columns.json` says of a model's scores."""

    labels: list[str] = []
    labels_file: str = ""
    scores: Scores | None = None
    output: str = ""


def read_labels(told: ToldLabels, folder: str) -> list[str]:
    """Read the labels that a user gives, in `columns.json` or in a file beside it.

    Raises:
        ModelError: they are in both, or the file cannot be read.
    """
    if told.labels and told.labels_file:
        raise ModelError("columns.json: give labels or labels_file, not both")
    if not told.labels_file:
        return told.labels
    path = os.path.join(folder, os.path.basename(told.labels_file))
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"columns.json: labels_file: {error}") from error
    return [line for line in lines if line and not line.startswith("#")]


def scored(engine: Any, labels: Sequence[str], told: ToldLabels) -> Labels:
    """Find the output that has a score for each label.

    Raises:
        ModelError: there is none, or several, or what the scores are is not told.
    """
    sizes = {port.name: _size(port.shape) for port in engine.outputs}
    fitting = [name for name, size in sizes.items() if size == len(labels)]
    name = told.output or (fitting[0] if len(fitting) == 1 else "")
    if name not in fitting:
        found = ", ".join(f"{name} of {size or 'open'} elements" for name, size in sizes.items())
        raise ModelError(
            f"columns.json has {len(labels)} labels, the outputs are {found}: name that of the"
            ' scores, as in "output": "…", with a label for each element'
        )
    if told.scores is None:
        raise ModelError(
            f'columns.json must say what {name} has for each label: "scores": "logits", of which'
            ' softmax makes chances, or "probabilities"'
        )
    place = [port.name for port in engine.outputs].index(name)
    return Labels(place, list(labels), told.scores)


def _size(shape: Sequence[int | str] | None) -> int | None:
    """The elements for one photograph; None where they are open."""
    count = 1
    for axis, size in enumerate(shape or ("",)):
        if isinstance(size, str):
            if axis > 0 or shape is None:
                return None
            continue
        count *= size
    return count
