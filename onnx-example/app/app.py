"""Answers requests for what `model.onnx` computes: a field for each input, and for each output."""

import os

from apps.tensors import serve
from engines.onnx import Session

handler = serve(Session(os.path.join(os.path.dirname(__file__), "model.onnx")))
