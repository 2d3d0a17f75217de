"""What runs the trees: ONNX Runtime, once `export/` has converted them."""

from engines.onnx import Session

Engine, FILE = Session, "model.onnx"
