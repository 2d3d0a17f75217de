"""Exports a described PyTorch network to ONNX."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from engines.torch.build import exporting
from engines.torch.build.description import Described

WEIGHTS = "network.weights"  # beside network.onnx


def write(described: Described, destination: Path) -> None:
    """Write network.onnx and network.weights into a folder that is there.

    Raises:
        DescriptionError: the network does not fit its description.
    """
    program = exporting.exported(described)
    made = torch.onnx.export(
        program,
        input_names=list(described.inputs),
        output_names=list(described.outputs),
        dynamo=True,
    )
    assert made is not None  # it is where no file is named
    exporting.check_open(described, program)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        made.save(path)
        _fuse(path, destination / "network.onnx")


def _fuse(path: Path, fused: Path) -> None:
    """Do at build what ONNX Runtime would do at each start, as far as it suits any processor.

    The weights go into a file of their own, which is mapped into memory instead of copied.

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
