"""What runs the network, and its file; Dockerfile.onnx puts another engine in place of this."""

from engines.torch import Network

__all__ = ["FILE", "Network"]
FILE = "network.so"
