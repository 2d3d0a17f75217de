"""Answers requests for what a PyTorch program computes; of photographs if it has a card."""

import os

from engines.torch import Network

FOLDER = os.path.dirname(__file__)
CARD = os.path.join(FOLDER, "card.json")  # a build writes it where columns.json says image

model = Network(os.path.join(FOLDER, "network.so"))
if os.path.exists(CARD):
    from apps.images.serving import serve

    handler = serve(model, CARD)
else:
    from apps.tensors import serve as serve_tensors

    handler = serve_tensors(model)
