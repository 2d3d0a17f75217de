"""PyTorch networks through its C interface: one is loaded, says what it takes, and is run.

    from engines.tensor import Tensor
    from engines.torch import Network

    network = Network("network.so")
    (percents,) = network.run([Tensor((1, 224, 224, 3), pixels)])

`engines/torch/build/` compiles a network when the image is built, and trims PyTorch to the library
that is called here: `import torch` takes a second, and is not needed.
"""

from engines.torch.network import Network

__all__ = ("Network",)
