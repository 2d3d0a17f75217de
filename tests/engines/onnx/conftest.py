"""ONNX Runtime's package sends nothing about the tests to its makers: `engines.onnx` never does."""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
