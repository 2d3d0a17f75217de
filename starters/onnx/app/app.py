"""Answers requests for what a model computes: a field for each input, and for each output."""

import os

from apps.tensors import serve
from engines.onnx import Session

FOLDER = os.path.dirname(__file__)

handler = serve(Session(os.path.join(FOLDER, os.environ["MODEL"])))
