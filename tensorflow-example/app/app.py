"""Names what is on photographs, with TensorFlow Lite; what the model is unsure of it leaves out."""

import os
from typing import Any

from apps.images.answering import serve_photographs
from apps.images.naming import Names, best, scores
from apps.images.requests import requests
from engines.litert import Model
from engines.tensor import Tensor
from serving.photographs import Allowance, Framing, pixels

FOLDER = os.path.dirname(__file__)
FRAMING = Framing(224, 224, "crop", short_side=256)
SHAPE = (1, 224, 224, 3)
LEAST_PERCENT = float(os.environ.get("LEAST_PERCENT") or 5)

model = Model(os.path.join(FOLDER, "model.tflite"))
with open(os.path.join(FOLDER, "labels.txt"), encoding="utf-8") as file:
    labels = [line for line in file.read().splitlines() if not line.startswith("#")]


def name(content: bytes, count: int, allowance: Allowance | None) -> list[Any]:
    """Names what is on one photograph, as far as the model is sure of it."""
    (output,) = model.run([Tensor(SHAPE, pixels(content, FRAMING, allowance))])
    chances = scores(model.outputs[0], output, model.output_quantisation[0])
    # The first class is the background, which has no label.
    named = best(labels, [100 * chance for chance in chances[1:]], count)
    return [prediction for prediction in named if prediction[1] >= LEAST_PERCENT]


handler = serve_photographs(
    name,
    requests(len(labels)),
    Names,
    "Names what is on one photograph, or on each of several, as far as the model is sure of it.",
    user_agent="tensorflow-example",
    facts=model.about,
)
