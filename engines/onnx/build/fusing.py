"""Does at the build what ONNX Runtime would do at each start, as far as it suits any processor."""

import os
from pathlib import Path

WEIGHTS = "network.weights"  # beside network.onnx


def fuse(path: Path, fused: Path) -> None:
    """Fuse operators of an `.onnx` file, and put its weights into a file of their own.

    That file is mapped into memory instead of copied.

    Source: https://onnxruntime.ai/docs/performance/model-optimizations/graph-optimizations.html
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when it is imported
    import onnxruntime  # needs numpy, which nothing else of this module does

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(fused)
    external = "session.optimized_model_external_initializers_"
    options.add_session_config_entry(f"{external}file_name", WEIGHTS)
    options.add_session_config_entry(f"{external}min_size_in_bytes", "1024")
    onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
