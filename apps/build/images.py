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
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import msgspec
from msgspec.json import decode, encode

from apps.build.image_input import ToldImage, image_of
from apps.build.labels import ToldLabels, read_labels, scored
from apps.images.card import ImageCard
from engines.errors import ModelError


class ToldPhotographs(ToldLabels, forbid_unknown_fields=True, kw_only=True):
    """What `columns.json` says of a model of photographs."""

    image: ToldImage
    description: str = ""


def make_card(engine: Any, told: ToldPhotographs, folder: str = "") -> ImageCard:
    """Join what an engine read from a model's file with what its user says.

    Args:
        engine: that has loaded the model.
        told: what `columns.json` says.
        folder: of the file with labels.

    Raises:
        ModelError: they contradict each other, or something is in neither.
    """
    if len(engine.inputs) != 1:
        raise ModelError(
            f"columns.json says image, but the model has {len(engine.inputs)} inputs: a model of"
            " photographs has one"
        )
    labels = read_labels(told, folder)
    return ImageCard(
        image=image_of(engine, told.image),
        labels=scored(engine, labels, told) if labels else None,
        description=told.description,
    )


def main(arguments: Sequence[str]) -> None:
    """Write the card of a model, or say why there can be none."""
    engine_name, model, columns, card = arguments
    module, _, name = engine_name.partition(":")
    try:
        with open(columns, "rb") as file:
            told = decode(file.read(), type=ToldPhotographs)
        engine = getattr(import_module(module), name)(model)
        made = make_card(engine, told, os.path.dirname(columns))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        sys.exit(f"the model cannot be served: columns.json: {error}")
    except ModelError as error:
        sys.exit(f"the model cannot be served: {error}")
    with open(card, "wb") as file:
        file.write(encode(made))


if __name__ == "__main__":
    main(sys.argv[1:])
