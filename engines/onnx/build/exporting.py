"""Exports a described PyTorch network to ONNX."""

from pathlib import Path
from tempfile import TemporaryDirectory

import torch

from engines.onnx.build.fusing import fuse
from engines.torch.build import exporting
from engines.torch.build.description import Described


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
        fuse(path, destination / "network.onnx")
