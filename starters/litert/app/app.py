"""Answers requests for what a TensorFlow Lite model computes; of photographs if it has a card."""

import os

from engines.litert import Model

FOLDER = os.path.dirname(__file__)
CARD = os.path.join(FOLDER, "card.json")  # a build writes it where columns.json says image

model = Model(os.path.join(FOLDER, os.environ["MODEL"]))
if os.path.exists(CARD):
    from apps.images.serving import serve

    handler = serve(model, CARD)
else:
    from apps.tensors import serve as serve_tensors

    handler = serve_tensors(model)
