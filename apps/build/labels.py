"""What the scores of a model are called: the labels that `columns.json` or a file beside it has."""

import os
from collections.abc import Sequence
from typing import Any
from zipfile import ZipFile, is_zipfile

from msgspec import Struct

from apps.images.card import Labels, Scores
from engines.errors import ModelError


class ToldLabels(Struct, forbid_unknown_fields=True):
    """What `columns.json` says of a model's scores."""

    labels: list[str] = []
    labels_file: str = ""
    scores: Scores | None = None
    output: str = ""


def read_labels(told: ToldLabels, folder: str, model: str = "") -> list[str]:
    """Read the labels: of `columns.json`, of a file beside it, or else of the model's own file.

    Args:
        told: what `columns.json` says.
        folder: of the file beside it.
        model: the model's file. TensorFlow Lite packs files into it, such as labels.

    Raises:
        ModelError: they are told twice, or the file cannot be read.
    """
    if told.labels and told.labels_file:
        raise ModelError("columns.json: give labels or labels_file, not both")
    if told.labels_file:
        return _lines(_read(os.path.join(folder, os.path.basename(told.labels_file))))
    return told.labels or _lines(_packed(model))


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"columns.json: labels_file: {error}") from error


def _packed(model: str) -> str:
    """Read the one text that is packed into a model's file; empty where there is none, or more.

    Source: https://ai.google.dev/edge/litert/models/metadata, "Pack metadata and associated files".
    """
    if not model or not is_zipfile(model):
        return ""
    with ZipFile(model) as archive:
        texts = [name for name in archive.namelist() if name.endswith(".txt")]
        return archive.read(texts[0]).decode(errors="replace") if len(texts) == 1 else ""


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


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
