"""Answers requests for what a model of texts says of them; `card.json` tells what that is."""

import os

from apps.text import serve
from engines.onnx import Session

FOLDER = os.path.dirname(__file__)

handler = serve(Session(os.path.join(FOLDER, "network.onnx")), FOLDER)
