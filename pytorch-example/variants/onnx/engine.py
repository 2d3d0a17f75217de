"""What runs the network, and its file: Dockerfile.onnx puts this in place of app/engine.py."""

from engines.onnx import Session as Network

__all__ = ["FILE", "Network"]
FILE = "network.onnx"
