"""Makes the card of a model of photographs: its input's shape, and what `columns.json` adds.

    python -m apps.build.images engines.litert:Model model.tflite columns.json card.json

`columns.json` says how a photograph becomes the input, and what the scores are called:

    {
      "image": {
        "color": "RGB",
        "resize": "crop", "short_side": 256,
        "scale": "1/255", "mean": [0.485, 0.456, 0.406], "deviation": [0.229, 0.224, 0.225]
      },
      "labels_file": "labels.txt",
      "scores": "logits"
    }

Width, height and the place of the channels are found in the input's shape, and can be told where
the model leaves them open. A channel's number is (pixel * scale - mean) / deviation.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from msgspec.json import encode

from apps.build.image_input import EXAMPLE, ToldImage, image_of
from apps.build.input_shape import looks_like_image
from apps.build.labels import ToldLabels, read_labels, scored
from apps.build.reading import decoded
from apps.images.card import ImageCard
from engines.errors import ModelError


class ToldPhotographs(ToldLabels, forbid_unknown_fields=True, kw_only=True):
    """What `columns.json` says of a model of photographs."""

    image: ToldImage
    description: str = ""


def make_card(engine: Any, told: ToldPhotographs, folder: str = "", model: str = "") -> ImageCard:
    """Join what an engine read from a model's file with what its user says.

    Args:
        engine: that has loaded the model.
        told: what `columns.json` says.
        folder: of the file with labels.
        model: the model's file, which may have labels of its own.

    Raises:
        ModelError: they contradict each other, or something is in neither.
    """
    if len(engine.inputs) != 1:
        raise ModelError(
            f"columns.json says image, but the model has {len(engine.inputs)} inputs: a model of"
            " photographs has one"
        )
    labels = read_labels(told, folder, model)
    return ImageCard(
        image=image_of(engine, told.image),
        labels=scored(engine, labels, told) if labels else None,
        description=told.description,
    )


def main(arguments: Sequence[str]) -> None:
    """Write the card of a model of photographs, or say why there can be none.

    Where `columns.json` says nothing of an image there is no card: the model is one of tensors.
    """
    engine_name, model, columns, card = arguments
    module, _, name = engine_name.partition(":")
    try:
        engine = getattr(import_module(module), name)(model)
        told = read_told(columns)
        if told is None:
            print(hint(engine), end="")
            return
        made = make_card(engine, told, os.path.dirname(columns), model)
    except ModelError as error:
        sys.exit(f"the model cannot be served: {error}")
    with open(card, "wb") as file:
        file.write(encode(made))


def read_told(path: str) -> ToldPhotographs | None:
    """Read a `columns.json`; None where it says nothing of an image, or is missing.

    Raises:
        ModelError: it is not such a file; the message names the place.
    """
    if not os.path.exists(path):
        return None
    with open(path, "rb") as file:
        content = file.read()
    if "image" not in decoded(content, dict[str, Any]):
        return None
    return decoded(content, ToldPhotographs)


def hint(engine: Any) -> str:
    """Say what is to be known of a model of tensors, and how it may become one of photographs."""
    lines = [*_quantised(engine, "input"), *_quantised(engine, "output")]
    if len(engine.inputs) == 1 and looks_like_image(engine.inputs[0]):
        lines.append(
            f"{engine.inputs[0].name} may be an image. To send photographs, say in columns.json"
            f' beside the file how they become the input, as in {{"image": {{{EXAMPLE}}}}}'
        )
    return "".join(f"\n{line}\n" for line in lines)


def _quantised(engine: Any, side: str) -> Iterator[str]:
    ports = getattr(engine, f"{side}s")
    found = getattr(engine, f"{side}_quantisation", [None] * len(ports))
    for port, quantisation in zip(ports, found, strict=True):
        if quantisation:
            meaning = f"{quantisation.scale} * (integer - {quantisation.zero_point})"
            yield f"An integer of {port.name} stands for {meaning}."


if __name__ == "__main__":
    main(sys.argv[1:])
