"""The files that the example's README shows for networks other than its own."""

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.model_directory import REPOSITORY
from tests.pytorch_example.parts import DIRECTORY

README = (REPOSITORY / "pytorch-example/README.md").read_text()
RESNET, ENCODER, HANDLER = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def module_of(source: str) -> ModuleType:
    """What a file defines that imports modules of network/."""
    module = ModuleType("network.shown")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(DIRECTORY), *sys.path])
        exec(source, module.__dict__)
    return module


def keep_weights(folder: Path, name: str, network: object) -> None:
    """Writes random weights where a file expects them."""
    import torch
    from torch import nn

    assert isinstance(network, nn.Module)
    (folder / "weights").mkdir(exist_ok=True)
    torch.save(network.state_dict(), folder / "weights" / name)
